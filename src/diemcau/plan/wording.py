"""What is said about each kind of fault, in Vietnamese and in English.

`{found}` is what stands in the file, `{wanted}` what would be right or what it clashes with,
`{column}` the column or key, `{file}` the file.
"""

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.sentences import Wording, say
from diemcau.plan.wording_conference import CONFERENCE

_FILES: dict[FaultCode, Wording] = {
    FaultCode.MISSING_FOLDER: say(
        "không có thư mục này.",
        "there is no such folder.",
        "Hãy chỉ đúng thư mục chứa conference.toml.",
        "Name the folder that holds conference.toml.",
    ),
    FaultCode.MISSING_FILE: say(
        "thiếu tệp này.",
        "this file is missing.",
        "Hãy đặt tệp vào thư mục kế hoạch; “diemcau plan template” tạo mẫu plan.xlsx, "
        "còn conference.toml thì chép từ examples/ rồi sửa.",
        "Put it into the plan's folder; “diemcau plan template” writes plan.xlsx, "
        "and conference.toml is copied from examples/ and changed.",
    ),
    FaultCode.UNREADABLE_FILE: say(
        "không đọc được tệp ({found}).",
        "the file cannot be read ({found}).",
        "Hãy kiểm tra quyền đọc, đóng tệp ở chương trình khác rồi thử lại.",
        "Check that it may be read, close it in other programs and try again.",
    ),
    FaultCode.TWO_SOURCES: say(
        "bảng này có ở hai nơi: {found} và {wanted}.",
        "this table stands in two places: {found} and {wanted}.",
        "Hãy giữ một nơi và bỏ nơi kia.",
        "Keep one and remove the other.",
    ),
    FaultCode.TOO_LARGE: say(
        "tệp quá lớn ({found}; nhiều nhất {wanted}).",
        "the file is too large ({found}; at most {wanted}).",
        "Hãy bỏ hình ảnh và trang không dùng, rồi lưu lại.",
        "Remove pictures and unused sheets, then save again.",
    ),
    FaultCode.WRONG_ENCODING: say(
        "tệp dùng bảng mã {found}, không phải UTF-8.",
        "the file is encoded in {found}, not in UTF-8.",
        "Hãy lưu lại với bảng mã UTF-8 (Excel: Lưu thành → “CSV UTF-8”; Notepad: Encoding → UTF-8).",
        "Save it again as UTF-8 (Excel: Save As → “CSV UTF-8”; Notepad: Encoding → UTF-8).",
    ),
    FaultCode.TOML_SYNTAX: say(
        "sai cú pháp TOML: {found}.",
        "this is not valid TOML: {found}.",
        "Hãy sửa dòng này: chữ trong ngoặc kép, mỗi mục một dòng “tên = giá trị”, mỗi tên một lần.",
        "Mend the line: text in quotes, one “name = value” a line, each name once.",
    ),
    FaultCode.CSV_SYNTAX: say(
        "sai cú pháp CSV: {found}.",
        "this is not valid CSV: {found}.",
        "Hãy kiểm tra dấu ngoặc kép: ô có dấu phẩy phải nằm giữa hai dấu ngoặc kép.",
        "Check the quotes: a cell with a comma stands between two double quotes.",
    ),
    FaultCode.NOT_XLSX: say(
        "đây không phải tệp XLSX lành lặn ({found}).",
        "this is not a sound XLSX file ({found}).",
        "Hãy mở bằng Excel hoặc LibreOffice và lưu lại dạng .xlsx.",
        "Open it in Excel or LibreOffice and save it as .xlsx.",
    ),
    FaultCode.MACROS: say(
        "tệp có macro hoặc đối tượng nhúng ({found}); tệp như vậy không được mở.",
        "the file holds macros or embedded objects ({found}); such a file is not opened.",
        "Hãy lưu lại dạng .xlsx không macro.",
        "Save it as .xlsx, without macros.",
    ),
    FaultCode.EXTERNAL_LINK: say(
        "tệp liên kết tới tệp khác ({found}); tệp như vậy không được mở.",
        "the file links to other files ({found}); such a file is not opened.",
        "Hãy ngắt liên kết (Dữ liệu → Sửa liên kết → Ngắt) rồi lưu lại.",
        "Break the links (Data → Edit Links → Break Link) and save again.",
    ),
    FaultCode.ARCHIVE_BOMB: say(
        "tệp giải nén ra quá lớn ({found}; nhiều nhất {wanted}); tệp như vậy không được mở.",
        "the file unpacks to too much ({found}; at most {wanted}); such a file is not opened.",
        "Hãy sao các bảng vào mẫu mới của “diemcau plan template”.",
        "Copy the tables into a new template of “diemcau plan template”.",
    ),
    FaultCode.UNSAFE_XML: say(
        "tệp chứa XML không an toàn ({found}); tệp như vậy không được mở.",
        "the file holds unsafe XML ({found}); such a file is not opened.",
        "Hãy sao các bảng vào mẫu mới của “diemcau plan template”.",
        "Copy the tables into a new template of “diemcau plan template”.",
    ),
    FaultCode.FORMULA: say(
        "ô chứa công thức “{found}”.",
        "the cell holds a formula, “{found}”.",
        "Hãy thay công thức bằng giá trị (Dán đặc biệt → Giá trị).",
        "Replace it by its value (Paste Special → Values).",
    ),
    FaultCode.MISSING_SHEET: say(
        "thiếu trang tính “{wanted}”.",
        "the sheet “{wanted}” is missing.",
        "Hãy thêm trang tính với đúng tên đó.",
        "Add a sheet of that very name.",
    ),
    FaultCode.TOO_MANY_ROWS: say(
        "bảng có quá nhiều dòng (nhiều nhất {wanted}).",
        "the table has too many rows (at most {wanted}).",
        "Hãy xoá các dòng thừa.",
        "Remove the rows that are not needed.",
    ),
    FaultCode.OUTSIDE_FOLDER: say(
        "đường dẫn “{found}” không phải một tệp trong thư mục kế hoạch.",
        "the path “{found}” is not a file inside the plan's folder.",
        "Hãy đặt tệp vào thư mục kế hoạch và ghi đường dẫn từ đó.",
        "Put the file into the plan's folder and write its path from there.",
    ),
    FaultCode.NOT_A_PDF: say(
        "tệp “{found}” không mở được như một tệp PDF không có mật khẩu.",
        "the file “{found}” can't be read as a PDF without a password.",
        "Hãy lưu hoặc xuất lại tài liệu thành PDF.",
        "Save or export the document as PDF again.",
    ),
    FaultCode.OTHER_PAGES: say(
        "tài liệu có {wanted} trang, không phải {found}.",
        "the document has {wanted} pages, not {found}.",
        "Hãy ghi pages = {wanted}.",
        "Write pages = {wanted}.",
    ),
}

_COLUMNS_AND_KEYS: dict[FaultCode, Wording] = {
    FaultCode.MISSING_COLUMN: say(
        "thiếu cột “{column}”.",
        "the column “{column}” is missing.",
        "Hãy thêm cột với đúng tên đó vào dòng đầu.",
        "Add a column of that very name to the first row.",
    ),
    FaultCode.UNKNOWN_COLUMN: say(
        "không có cột nào tên “{found}”.",
        "there is no column called “{found}”.",
        "Hãy sửa tên hoặc bỏ cột; các cột: {wanted}.",
        "Correct its name or remove it; the columns are {wanted}.",
    ),
    FaultCode.DUPLICATE_COLUMN: say(
        "cột “{found}” có hai lần.",
        "the column “{found}” stands twice.",
        "Hãy bỏ một cột.",
        "Remove one of them.",
    ),
    FaultCode.TOO_MANY_CELLS: say(
        "dòng có nhiều ô hơn dòng tiêu đề (ô thừa: “{found}”).",
        "the row has more cells than the header (beyond it: “{found}”).",
        "Hãy đặt ô có dấu phẩy giữa hai dấu ngoặc kép, hoặc xoá ô thừa.",
        "Put cells with commas between double quotes, or remove what is too many.",
    ),
    FaultCode.MISSING_KEY: say(
        "thiếu mục “{column}”.",
        "the key “{column}” is missing.",
        "Hãy thêm: {wanted}.",
        "Add it: {wanted}.",
    ),
    FaultCode.UNKNOWN_KEY: say(
        "không có mục nào tên “{found}”.",
        "there is no key called “{found}”.",
        "Hãy sửa tên hoặc bỏ đi; ở đây có: {wanted}.",
        "Correct its name or remove it; here stand {wanted}.",
    ),
    FaultCode.WRONG_TYPE: say(
        "“{found}” không đúng loại giá trị.",
        "“{found}” is not the right type of value.",
        "Hãy ghi: {wanted}.",
        "Write {wanted}.",
    ),
    FaultCode.EMPTY: say(
        "“{column}” để trống.",
        "“{column}” is empty.",
        "Hãy điền vào.",
        "Fill it in.",
    ),
}

_VALUES: dict[FaultCode, Wording] = {
    FaultCode.BAD_SLUG: say(
        "mã “{found}” không hợp lệ.",
        "“{found}” is not a code.",
        "Mã chỉ gồm chữ thường không dấu a–z, chữ số và gạch nối, nhiều nhất 48 ký tự (ví dụ: {wanted}).",
        "A code has only a–z, digits and hyphens, at most 48 characters (for example {wanted}).",
    ),
    FaultCode.TOO_LONG: say(
        "“{found}” quá dài.",
        "“{found}” is too long.",
        "Hãy rút gọn còn nhiều nhất {wanted} ký tự.",
        "Shorten it to at most {wanted} characters.",
    ),
    FaultCode.OUT_OF_RANGE: say(
        "“{found}” không phải số nguyên trong khoảng cho phép.",
        "“{found}” is not a whole number within its limits.",
        "Hãy ghi một số nguyên từ {wanted}.",
        "Write a whole number of {wanted}.",
    ),
    FaultCode.UNKNOWN_CHOICE: say(
        "“{found}” không có trong các giá trị được dùng.",
        "“{found}” is not one of the values that may stand here.",
        "Hãy dùng một trong: {wanted}.",
        "Use one of {wanted}.",
    ),
    FaultCode.UNKNOWN_RULESET: say(
        "không có bộ quy tắc văn bản nào tên “{found}”.",
        "there is no ruleset called “{found}”.",
        "Hãy dùng một trong: {wanted}.",
        "Use one of {wanted}.",
    ),
    FaultCode.IMPOSSIBLE_DATE: say(
        "“{found}” không phải một ngày giờ có thật.",
        "“{found}” is not a date that exists.",
        "Hãy ghi một ngày có trên lịch theo mẫu {wanted}.",
        "Write a day of the calendar in the form {wanted}.",
    ),
    FaultCode.MISSING_TIME_ZONE: say(
        "giờ “{found}” không có múi giờ.",
        "the time “{found}” has no time zone.",
        "Hãy thêm độ lệch vào cuối, như +07:00, hoặc ghi time_zone.",
        "Add the offset at its end, such as +07:00, or give a time_zone.",
    ),
    FaultCode.UNKNOWN_TIME_ZONE: say(
        "không có múi giờ nào tên “{found}”.",
        "there is no time zone called “{found}”.",
        "Hãy ghi tên theo IANA, như Asia/Ho_Chi_Minh.",
        "Write its IANA name, such as Asia/Ho_Chi_Minh.",
    ),
    FaultCode.BAD_TELEPHONE: say(
        "“{found}” không phải số điện thoại.",
        "“{found}” is not a telephone number.",
        "Hãy ghi 3–15 chữ số, có thể có +, dấu cách, ngoặc, gạch nối, “máy lẻ” hoặc “ext.”.",
        "Write 3–15 digits, with +, spaces, brackets, hyphens, “máy lẻ” or “ext.” as needed.",
    ),
}

_TABLES: dict[FaultCode, Wording] = {
    FaultCode.DUPLICATE_CODE: say(
        "mã “{found}” đã được dùng ({wanted}).",
        "the code “{found}” is in use already ({wanted}).",
        "Hãy đặt mã khác cho một trong hai.",
        "Give one of the two another code.",
    ),
    FaultCode.UNKNOWN_PARENT: say(
        "không có cấp trên nào mã “{found}”.",
        "there is no parent of the code “{found}”.",
        "Hãy sửa mã, thêm dòng cho cấp trên, hoặc để trống.",
        "Correct the code, add a row for the parent, or leave it empty.",
    ),
    FaultCode.CYCLE: say(
        "phân cấp chạy vòng tròn: {found}.",
        "the hierarchy runs in a circle: {found}.",
        "Hãy sửa cấp trên của một trong các dòng này.",
        "Correct the parent of one of these rows.",
    ),
    FaultCode.NO_SITES: say(
        "không có điểm cầu nào.",
        "there is no site.",
        "Hãy thêm ít nhất điểm cầu trung tâm (main = yes).",
        "Add at least the main site (main = yes).",
    ),
    FaultCode.NO_MAIN_SITE: say(
        "không có điểm cầu trung tâm.",
        "there is no main site.",
        "Hãy ghi main = yes cho một điểm cầu.",
        "Write main = yes for one site.",
    ),
    FaultCode.TWO_MAIN_SITES: say(
        "“{found}” là điểm cầu trung tâm thứ hai; đã có “{wanted}”.",
        "“{found}” is a second main site; there is “{wanted}” already.",
        "Hãy ghi main = no cho một trong hai.",
        "Write main = no for one of the two.",
    ),
    FaultCode.NO_CHAIR: say(
        "điểm cầu “{found}” không có người chủ trì.",
        "the site “{found}” has no chair.",
        "Hãy ghi duty = chair cho một đại biểu của điểm cầu này.",
        "Write duty = chair for one delegate of this site.",
    ),
    FaultCode.TWO_OF_ONE_DUTY: say(
        "điểm cầu “{wanted}” có hơn một “{found}”.",
        "the site “{wanted}” has more than one “{found}”.",
        "Hãy giữ một người và ghi duty khác cho người kia.",
        "Keep one and give the other another duty.",
    ),
    FaultCode.VALID_TO_BEFORE_VALID_FROM: say(
        "valid_to ({found}) trước valid_from ({wanted}).",
        "valid_to ({found}) is before valid_from ({wanted}).",
        "Hãy sửa một trong hai ngày.",
        "Correct one of the two days.",
    ),
    FaultCode.UNIT_NOT_VALID: say(
        "đơn vị “{found}” không tồn tại vào ngày hội nghị ({wanted}).",
        "the unit “{found}” does not exist on the day of the conference ({wanted}).",
        "Hãy sửa valid_from, valid_to, hoặc chọn đơn vị khác.",
        "Correct valid_from or valid_to, or choose another unit.",
    ),
    FaultCode.SAME_GRID_PLACE: say(
        "ô lưới {found} đã có “{wanted}”.",
        "the grid place {found} is taken by “{wanted}”.",
        "Hãy chọn ô khác hoặc để trống cả grid_row và grid_column.",
        "Choose another, or leave both grid_row and grid_column empty.",
    ),
    FaultCode.UNKNOWN_UNIT: say(
        "không có đơn vị nào mã “{found}”.",
        "there is no unit of the code “{found}”.",
        "Hãy sửa mã hoặc thêm đơn vị vào bảng Units.",
        "Correct the code or add the unit to the table Units.",
    ),
    FaultCode.UNKNOWN_SITE: say(
        "không có điểm cầu nào mã “{found}”.",
        "there is no site of the code “{found}”.",
        "Hãy sửa mã hoặc thêm điểm cầu vào bảng Sites.",
        "Correct the code or add the site to the table Sites.",
    ),
    FaultCode.UNKNOWN_DELEGATE: say(
        "không có đại biểu nào mã “{found}” ở đây.",
        "there is no delegate of the id “{found}” here.",
        "Hãy sửa mã hoặc thêm đại biểu vào bảng Delegates.",
        "Correct the id or add the delegate to the table Delegates.",
    ),
    FaultCode.UNKNOWN_CATEGORY: say(
        "không có thành phần đại biểu nào mã “{found}”.",
        "there is no category of the code “{found}”.",
        "Hãy dùng một trong: {wanted}; hoặc thêm [[categories]].",
        "Use one of {wanted}, or add a [[categories]].",
    ),
}

WORDING: dict[FaultCode, Wording] = {
    **_FILES,
    **_COLUMNS_AND_KEYS,
    **_VALUES,
    **_TABLES,
    **CONFERENCE,
}
