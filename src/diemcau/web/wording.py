"""What the door says when it can't do what was asked, in Vietnamese and English.

One entry a code: HTTP status, title, and a sentence that says how to mend it. What the core
refuses is worded in the front end, under the refusal's code.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """The languages of people."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A problem in both languages."""

    status: int
    title: dict[Language, str]
    detail: dict[Language, str]


def _words(status: int, vi: tuple[str, str], en: tuple[str, str]) -> Wording:
    return Wording(
        status=status,
        title={Language.VI: vi[0], Language.EN: en[0]},
        detail={Language.VI: vi[1], Language.EN: en[1]},
    )


class Missing:
    """The absence of a value, where `None` would be one."""

    def __repr__(self) -> str:
        return ""


MISSING: Final = Missing()
SHOWN: Final = 60

NOT_FOUND: Final = "not_found"
INSIDE: Final = "inside"

PROBLEMS: Final[dict[str, Wording]] = {
    "pass.malformed": _words(
        401,
        ("Đường dẫn không hợp lệ", "Đường dẫn này bị thiếu hoặc sai ký tự: hãy mở lại đúng đường dẫn đã nhận được."),
        ("Not a link", "Characters of this link are missing or wrong: open the link exactly as you received it."),
    ),
    "pass.wrong_algorithm": _words(
        401,
        ("Chữ ký không được chấp nhận", "Đường dẫn này không do máy chủ cấp: hãy xin đường dẫn mới."),
        ("Signature not accepted", "This link was not issued by the server: ask for a new one."),
    ),
    "pass.forged": _words(
        401,
        ("Chữ ký sai", "Đường dẫn này không do máy chủ này cấp hoặc đã bị sửa: hãy xin đường dẫn mới."),
        ("Wrong signature", "This link was not issued by this server, or was changed: ask for a new one."),
    ),
    "pass.expired": _words(
        401,
        ("Đường dẫn đã hết hạn", "Đường dẫn này đã hết hạn: hãy xin đường dẫn mới."),
        ("Link expired", "This link has expired: ask for a new one."),
    ),
    "pass.revoked": _words(
        401,
        ("Đường dẫn đã bị thu hồi", "Đường dẫn này đã bị thu hồi, không còn dùng được: hãy xin đường dẫn mới."),
        ("Link revoked", "This link was revoked and lets nobody in any more: ask for a new one."),
    ),
    "pass.wrong_kind": _words(
        401,
        ("Đường dẫn không dùng được ở đây", "Thẻ này không mở được bàn làm việc: hãy mở đường dẫn đã nhận được."),
        ("Not for this door", "This token doesn't open a desk: open the link that you received."),
    ),
    "pass.wrong_conference": _words(
        404,
        ("Không có hội nghị này", "Máy chủ này không điều hành hội nghị của đường dẫn: hãy hỏi lại người gửi."),
        ("No such conference", "This server doesn't run the conference of this link: ask whoever sent it."),
    ),
    "pass.unknown_site": _words(
        404,
        ("Không có điểm cầu này", "Hội nghị không có điểm cầu ghi trong đường dẫn: hãy xin đường dẫn mới."),
        ("No such site", "The conference has no site as named in this link: ask for a new one."),
    ),
    "pass.missing": _words(
        401,
        ("Chưa đăng nhập", "Trình duyệt này chưa vào bàn làm việc: hãy mở lại đường dẫn đã nhận được."),
        ("Not entered", "This browser has not entered this desk: open the link that you received."),
    ),
    "pass.other_desk": _words(
        403,
        ("Sai bàn làm việc", "Thẻ đã dùng là của bàn làm việc khác: hãy mở đường dẫn của bàn này."),
        ("Another desk", "The pass that was given is another desk's: open the link of this desk."),
    ),
    "pin_needed": _words(
        403,
        ("Cần mã PIN", "Hãy nhập mã PIN nhận được cùng đường dẫn; mỗi thiết bị chỉ phải nhập một lần."),
        ("PIN needed", "Enter the PIN that came with the link; once on each device."),
    ),
    "pin_wrong": _words(
        403,
        ("Mã PIN sai", "Mã PIN không đúng: hãy nhập lại mã nhận được cùng đường dẫn."),
        ("Wrong PIN", "The PIN is not right: enter the one that came with the link."),
    ),
    "pin_not_set": _words(
        403,
        ("Chưa có mã PIN", "Đường dẫn này chưa được cấp mã PIN: hãy xin đường dẫn mới kèm mã PIN."),
        ("No PIN yet", "No PIN was issued with this link: ask for a new link with its PIN."),
    ),
    "too_many_tries": _words(
        429,
        ("Thử sai quá nhiều lần", "Đã thử sai nhiều lần: hãy đợi {seconds} giây rồi thử lại."),
        ("Too many wrong tries", "There were too many wrong tries: wait {seconds} seconds, then try again."),
    ),
    "origin_wrong": _words(
        403,
        ("Sai nguồn gốc", "Yêu cầu đến từ trang của máy chủ khác: hãy dùng trang của chính máy chủ này."),
        ("Wrong origin", "The request came from another server's page: use this server's own page."),
    ),
    "unfit": _words(
        422,
        ("Nội dung không hợp lệ", "Trường {field} không dùng được ({found}): {mend}"),
        ("Unfit content", "The field {field} can't be used ({found}): {mend}"),
    ),
    "body_too_large": _words(
        413,
        ("Nội dung quá lớn", "Nội dung gửi lên lớn hơn {limit} byte: hãy gửi ít hơn."),
        ("Too large", "What was sent is larger than {limit} bytes: send less."),
    ),
    "body_too_slow": _words(
        408,
        ("Gửi quá chậm", "Nội dung không đến đủ trong thời gian cho phép: hãy gửi lại."),
        ("Too slow", "What was sent didn't arrive in time: send it again."),
    ),
    "content_type_wrong": _words(
        415,
        ("Sai kiểu nội dung", "Nội dung phải là JSON: hãy gửi với Content-Type: application/json."),
        ("Wrong content type", "The content must be JSON: send it as Content-Type: application/json."),
    ),
    "websocket_needed": _words(
        426,
        ("Cần kết nối WebSocket", "Địa chỉ này chỉ nhận kết nối WebSocket."),
        ("WebSocket needed", "This address takes WebSocket connections only."),
    ),
    NOT_FOUND: _words(
        404,
        ("Không tìm thấy", "Ở địa chỉ này không có gì: hãy kiểm tra lại địa chỉ."),
        ("Not found", "There is nothing at this address: check the address."),
    ),
    "method_wrong": _words(
        405,
        ("Sai phương thức", "Địa chỉ này không nhận phương thức đó: hãy dùng {allow}."),
        ("Wrong method", "This address doesn't take that method: use {allow}."),
    ),
    "bad_request": _words(
        400,
        ("Yêu cầu không đọc được", "Máy chủ không đọc được yêu cầu này: hãy gửi lại đúng chuẩn HTTP."),
        ("Unreadable request", "The server can't read this request: send it again as HTTP says."),
    ),
    "document_unknown": _words(
        404,
        ("Không có tài liệu này", "Hội nghị không có tài liệu này cho bàn của bạn: hãy chọn trong danh sách tài liệu."),
        ("No such document", "The conference has no such document for your desk: choose from the list of documents."),
    ),
    "recording_none": _words(
        404,
        ("Chưa có bản ghi", "Hội nghị chưa có bản ghi hình: hãy mở lại trang này sau khi ghi."),
        ("No recording", "The conference has no recording yet: open this again once it was recorded."),
    ),
    "recording_off": _words(
        404,
        (
            "Máy chủ không ghi hình",
            "Máy chủ này không ghi hình, nên không xem lại được và không có địa chỉ cho ti vi: hãy xem tại bàn.",
        ),
        (
            "No recording here",
            "This server keeps no recording, so nobody looks back and televisions have no address: watch at a desk.",
        ),
    ),
    "handout_unknown": _words(
        404,
        ("Không có tài liệu này", "Hội nghị không có tài liệu này: hãy chọn lại trong danh sách tài liệu."),
        ("No such handout", "The conference has no such handout: choose from the list of handouts."),
    ),
    "handout_not_yours": _words(
        403,
        ("Không được nạp tài liệu", "Bàn này không được nạp tài liệu: hãy nhờ thư ký hoặc trực kỹ thuật."),
        ("Not yours to give", "This desk may not give handouts: ask the secretary or the operator."),
    ),
    "handout_unreadable": _words(
        422,
        ("Không đọc được tệp", "Tệp không mở được như một PDF không có mật khẩu: hãy xuất lại thành PDF."),
        ("File not readable", "The file can't be read as a PDF without a password: export it as PDF again."),
    ),
    "handout_too_large": _words(
        413,
        ("Tệp quá lớn", "Tệp lớn hơn {limit} byte: hãy giảm độ phân giải hình trong tài liệu rồi xuất lại."),
        (
            "File too large",
            "The file has more than {limit} bytes: lower the resolution of its pictures.",
        ),
    ),
    "handout_refused": _words(
        409,
        (
            "Không nạp được tài liệu",
            "Tài liệu chưa được nạp ({refusal}): hãy ghi tên và nạp trước khi bế mạc.",
        ),
        (
            "Handout not taken",
            "It was not taken ({refusal}): give it a title, before the conference is closed.",
        ),
    ),
    "still_none": _words(
        404,
        ("Không có ảnh này", "Bản ghi không có ảnh này của bài phát biểu: hãy chọn trong danh sách phát biểu."),
        ("No such still", "The recording has no such still of a speech: choose from the list of speeches."),
    ),
    "not_yours": _words(
        403,
        ("Bàn này không được chọn", "Chỉ bàn của trung tâm chọn ảnh cho tin bài: hãy nhờ thư ký."),
        ("Not this desk's to choose", "Only desks of the centre choose stills for articles: ask the secretary."),
    ),
    "watching_none": _words(
        404,
        (
            "Chưa có hình để xem",
            "Hội nghị chưa lên hình hoặc bàn này không được xem lại: hãy thử lại khi hội nghị họp.",
        ),
        (
            "Nothing to watch",
            "Nothing is shown now, or this desk may not look back: try again when the conference sits.",
        ),
    ),
    "watching_gone": _words(
        404,
        ("Không có đoạn hình này", "Đoạn hình này không còn hoặc chưa có: hãy tải lại danh sách phát."),
        ("No such segment", "This segment is gone or not there yet: load the playlist again."),
    ),
    "watching_late": _words(
        503,
        ("Hình đến chậm", "Đoạn hình tiếp theo chưa có: hãy hỏi lại."),
        ("The picture is late", "The next segment is not there yet: ask again."),
    ),
    "media_none": _words(
        503,
        ("Chưa có âm thanh và hình ảnh", "Máy chủ đang chạy không kèm phần âm thanh và hình ảnh."),
        ("No sound and picture", "The server runs without sound and picture now."),
    ),
    "script_none": _words(
        404,
        ("Không có kịch bản", "Hội nghị này không chạy theo kịch bản trình diễn."),
        ("No run of show", "No run of show is being played for this conference."),
    ),
    "metrics_loopback_only": _words(
        403,
        ("Chỉ dành cho máy chủ", "Số liệu vận hành chỉ đọc được từ chính máy chủ (địa chỉ loopback)."),
        ("From the server only", "Metrics are read from the server itself only (its loopback address)."),
    ),
    "not_ready": _words(
        503,
        ("Chưa sẵn sàng", "Máy chủ còn thiếu: {missing}"),
        ("Not ready", "The server lacks: {missing}"),
    ),
    INSIDE: _words(
        500,
        ("Lỗi của máy chủ", "Máy chủ gặp lỗi và đã ghi lại: hãy thử lại, nếu vẫn lỗi hãy báo trực kỹ thuật."),
        ("A fault of the server", "The server met a fault and noted it: try again; if it stays, tell the operator."),
    ),
}

OF_STATUS: Final[dict[int, str]] = {
    400: "bad_request",
    404: NOT_FOUND,
    405: "method_wrong",
    413: "body_too_large",
    415: "content_type_wrong",
    422: "unfit",
}


def shown(value: object) -> str:
    """Return what was found, short and printable, for whoever sent it."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except RecursionError:
        text = "[[[…]]]"
    fit = "".join(one if one.isprintable() else "·" for one in text[: SHOWN + 1])
    return fit if len(fit) <= SHOWN else f"{fit[:SHOWN]}…"


_LANGUAGES = frozenset(one.value for one in Language)


def choose_language(accepted: str) -> Language:
    """Return the language that an `Accept-Language` prefers; Vietnamese if it names neither."""
    best, weight = Language.VI, 0.0
    for part in accepted.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            found = float(quality) if quality else 1.0
        except ValueError:
            continue
        primary = tag.strip().lower().partition("-")[0]
        if primary in _LANGUAGES and found > weight:
            best, weight = Language(primary), found
    return best
