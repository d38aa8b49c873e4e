"""What is said about the faults of `conference.toml` that are about the conference itself."""

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.sentences import Wording, say

CONFERENCE: dict[FaultCode, Wording] = {
    FaultCode.UNKNOWN_AGENDA_ITEM: say(
        "chương trình không có mục nào mã “{found}”.",
        "the agenda has no item “{found}”.",
        "Hãy dùng một trong: {wanted}.",
        "Use one of {wanted}.",
    ),
    FaultCode.UNKNOWN_HANDOUT: say(
        "không có tài liệu nào mã “{found}”.",
        "there is no handout “{found}”.",
        "Hãy sửa mã hoặc thêm [[handouts]].",
        "Correct the id or add a [[handouts]].",
    ),
    FaultCode.NO_SUCH_PAGE: say(
        "tài liệu không có trang {found}.",
        "the handout has no page {found}.",
        "Hãy ghi một trang từ {wanted}.",
        "Write a page of {wanted}.",
    ),
    FaultCode.NOT_A_SPEAKER: say(
        "đại biểu “{found}” không được phát biểu.",
        "the delegate “{found}” may not speak.",
        "Hãy ghi speaks = yes cho đại biểu này hoặc chọn người khác.",
        "Write speaks = yes for this delegate or choose another.",
    ),
    FaultCode.STEP_TOO_EARLY: say(
        "“{found}” chưa thể diễn ra ở bước này: trước đó phải có “{wanted}”.",
        "“{found}” cannot come here yet: “{wanted}” has to come first.",
        "Hãy đổi thứ tự các bước hoặc thêm bước còn thiếu.",
        "Change the order of the steps or add the one that is missing.",
    ),
    FaultCode.STEP_TOO_LATE: say(
        "bước “{found}” đã có rồi, hoặc hội nghị đã bế mạc.",
        "the step “{found}” was taken already, or the conference is closed.",
        "Hãy bỏ bước này hoặc chuyển lên trước.",
        "Remove the step or move it up.",
    ),
    FaultCode.TOO_MANY_TURNS: say(
        "“{found}” phát biểu quá {wanted} lượt ở cùng một mục chương trình.",
        "“{found}” speaks more than {wanted} times on one item of the agenda.",
        "Hãy bỏ bớt lượt hoặc tăng max_turns trong [regulations].",
        "Remove a speech or raise max_turns in [regulations].",
    ),
    FaultCode.ENDS_BEFORE_STARTS: say(
        "hội nghị kết thúc ({found}) không sau lúc bắt đầu ({wanted}).",
        "the conference ends ({found}) no later than it starts ({wanted}).",
        "Hãy sửa starts_at hoặc ends_at.",
        "Correct starts_at or ends_at.",
    ),
    FaultCode.MINUTES_DO_NOT_ADD_UP: say(
        "các mục chương trình cộng lại {found} phút, nhưng từ starts_at đến ends_at là {wanted} phút.",
        "the agenda's minutes come to {found}, but from starts_at to ends_at are {wanted} minutes.",
        "Hãy sửa số phút của một mục, starts_at hoặc ends_at.",
        "Correct the minutes of an item, starts_at or ends_at.",
    ),
    FaultCode.HORIZON_NOT_ALLOWED: say(
        "“{wanted}” không có thời hạn nhiệm kỳ hay năm (horizon = “{found}”).",
        "a “{wanted}” has neither term nor year (horizon = “{found}”).",
        "Hãy bỏ mục horizon.",
        "Remove the key horizon.",
    ),
    FaultCode.NO_DUE_DATE: say(
        "mục kết luận này thành nhiệm vụ nhưng không có hạn: “{found}”.",
        "this item becomes tasks but has no due day: “{found}”.",
        "Hãy ghi due cho mục này, hoặc {wanted} trong [tasks].",
        "Give it a due, or write {wanted} in [tasks].",
    ),
    FaultCode.COUNT_DIFFERS: say(
        "ghi dự kiến {found}, nhưng kế hoạch có {wanted}.",
        "{found} are expected, but the plan comes to {wanted}.",
        "Hãy sửa con số này, hoặc sửa phần kế hoạch mà nó đếm.",
        "Correct the figure, or the part of the plan that it counts.",
    ),
}
