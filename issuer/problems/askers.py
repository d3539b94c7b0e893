"""What operators and scripts are told when the answer is no."""

from __future__ import annotations

from typing import Final

from issuer.errors import Code
from issuer.problems.problem import Problem

ASKERS: Final = {
    Code.BAD_ARGUMENTS: Problem(
        400,
        "参数不对",
        "Wrong arguments",
        "请按提示改正后重试。",
        "Correct what is named and try again; --help lists what there is.",
    ),
    Code.BAD_FORM: Problem(
        400,
        "表单无法读取",
        "The form cannot be read",
        "请返回上一页重新填写。",
        "Go back and fill in the form again.",
    ),
    Code.MALFORMED_JSON: Problem(
        400,
        "不是有效的 JSON",
        "Not the JSON that is expected here",
        "请对照接口说明改正。",
        "Correct the body as docs/issuer.md describes it.",
    ),
    Code.TOO_LARGE: Problem(
        413, "内容过大", "Too large", "请减少内容后重试。", "Send less at once."
    ),
    Code.TOO_SLOW: Problem(
        408,
        "传输太慢",
        "The body came too slowly",
        "请检查网络后重试。",
        "Check the network and try again.",
    ),
    Code.NOT_FOUND: Problem(
        404,
        "没有这个页面",
        "There is nothing here",
        "请从首页重新进入。",
        "Start again from the first page.",
    ),
    Code.METHOD_NOT_ALLOWED: Problem(
        405,
        "不支持这种访问方式",
        "This address does not take that method",
        "请从首页重新进入。",
        "Use the methods that the Allow header names.",
    ),
    Code.BAD_CLAIMS: Problem(
        400,
        "通行证内容不符合规定",
        "A pass cannot say this",
        "姓名须打码且不超过 64 字，证件尾号为四位（末位可为 X），区域、时段、人数须在范围内。",
        "Mask the name (64 characters at most); the ID tail has four characters or none.",
    ),
    Code.BAD_NAME: Problem(
        400,
        "名称不合规定",
        "This name cannot be used",
        "请使用字母、数字、汉字、空格或 . _ -。",
        "Use letters, digits, spaces or . _ -.",
    ),
    Code.BAD_TIME: Problem(
        400,
        "时间不合规定",
        "A time out of range",
        "请检查起止时间和小时数。",
        "Check the times and the number of hours.",
    ),
    Code.UNKNOWN_PASS: Problem(
        404,
        "没有这张通行证",
        "No such pass",
        "编号写作 机构/列表/序号，请在登记记录中核对。",
        "A pass is written <issuer>/<list>/<index>, as it was when it was minted.",
    ),
    Code.UNKNOWN_REASON: Problem(
        400,
        "没有这个理由",
        "No such reason",
        "请从理由列表中选择。",
        "Take one from the closed list (`reasons`).",
    ),
    Code.UNKNOWN_OPERATOR: Problem(
        404,
        "没有这个人员",
        "No such operator",
        "请在人员列表中核对名称。",
        "Take a name from the list of operators (`operator list`).",
    ),
    Code.PURPOSE_MISSING: Problem(
        400,
        "须写明查询目的",
        "The purpose is missing, or too short to say anything",
        "请写明为何查询，至少三个字，内容会留档。",
        "Say why, in three letters or more; it is kept in the audit.",
    ),
    Code.REASON_NOT_FOR_STATUS: Problem(
        409,
        "该理由不能用于这个状态",
        "This reason cannot lead to that status",
        "请选择与状态相符的理由。",
        "Take a reason that fits the status (`reasons` says which).",
    ),
    Code.WITHDRAWN_IS_FINAL: Problem(
        409,
        "已作废的通行证不能恢复",
        "A withdrawn pass stays withdrawn",
        "请签发一张新的通行证。",
        "Mint a new pass for its holder.",
    ),
    Code.FORM_USED: Problem(
        409,
        "这张表单已经提交过",
        "This form was sent already",
        "通行证已经签发一次；如需再签一张，请重新打开签发页面。",
        "Its pass was minted once. For another one open the page anew.",
    ),
    Code.ALREADY_SIGNED: Problem(
        409,
        "这张通行证已经签发",
        "The pass is signed already",
        "请重新预留一张动态通行证。",
        "Reserve another rotating pass.",
    ),
    Code.BAD_ANCHOR: Problem(
        422,
        "锚值不对",
        "Not an anchor",
        "锚值是 16 个字节（32 位十六进制）。",
        "An anchor is 16 bytes, 32 hexadecimal digits.",
    ),
    Code.NAME_TAKEN: Problem(
        409, "名称已被使用", "The name is taken", "请换一个名称。", "Take another name."
    ),
    Code.LAST_ADMIN: Problem(
        409,
        "最后一名管理员不能停用",
        "The last admin stays",
        "请先增加另一名管理员。",
        "Add another admin first.",
    ),
    Code.LISTS_FULL: Problem(
        507,
        "所有名单已满",
        "Every list is full",
        "请联系系统管理员建立新机构。",
        "Begin another issuer: 4,096 lists are the limit of the format.",
    ),
    Code.WEAK_PASSWORD: Problem(
        400,
        "密码不够安全",
        "The password is too weak",
        "至少 10 个字符，不含姓名，不与旧密码相同。",
        "At least 10 characters, without your name, other than before.",
    ),
    Code.LOGIN_NEEDED: Problem(
        401, "请先登录", "Log in first", "请登录后重试。", "Log in, then try again."
    ),
    Code.LOGIN_WRONG: Problem(
        403,
        "名称或密码不对",
        "Name or password is wrong",
        "请检查后重试；忘记密码请找管理员重置。",
        "Try again; an admin can give you a new password.",
    ),
    Code.PASSWORD_MUST_CHANGE: Problem(
        403,
        "请先修改一次性密码",
        "Change the one-time password first",
        "请打开“修改密码”页面。",
        "Open the page `Change password`, or POST /api/password.",
    ),
    Code.NOT_ALLOWED: Problem(
        403,
        "您的岗位没有这项权限",
        "Your role may not do this",
        "请找有权限的同事，或请管理员调整岗位。",
        "Ask a colleague who may, or an admin.",
    ),
    Code.CSRF_WRONG: Problem(
        403,
        "页面已失效",
        "This form is no longer valid",
        "请返回、刷新页面后重试。",
        "Go back, reload the page and try again; the API needs the X-CSRF header.",
    ),
    Code.TOO_MANY_TRIES: Problem(
        429,
        "尝试次数过多",
        "Too many tries",
        "请稍等几分钟后再试。",
        "Wait as long as Retry-After says, then try again.",
    ),
}
