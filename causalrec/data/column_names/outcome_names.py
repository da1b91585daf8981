"""What the name of a column says of a response: how much of it there was, or that it is none."""

from __future__ import annotations

import re

from causalrec.data.column_names.role_names import plain_name

__all__ = ["names_act", "names_clock", "names_no_response", "names_response", "spent_time"]

_WORDS = {
    "acts": "listen listened listening listens watch watched watching view viewed viewing play "
    "played playing playtime playback watchtime read reading dwell dwelltime spent spend engaged "
    "engagement stream streamed streaming consumed stay stayed browse browsed browsing "
    "收听 观看 播放 停留 阅读 浏览",
    "spans": "minutes mins seconds secs hours hrs milliseconds ms msec minute min second sec hour "
    "hr time duration length 时长 时间 分钟 秒 小时",
    "alone": "minutes mins seconds secs hours hrs milliseconds playtime watchtime 时长",
    "responses": "click clicks clicked tap tapped purchase purchased buy bought order ordered "
    "conversion converted convert pay paid like liked likes favorite favourite favorited saved "
    "share shared follow followed subscribed install installed download downloaded complete "
    "completed completion finish finished watched listened played read response responded outcome "
    "label reward success target rating ratings rate rated stars star score revenue sales turnover "
    "gmv spend income profit plays listens streams 点击 购买 成交 下单 点赞 收藏 评分 打分 收入",
    # What was done to somebody, or what is given.
    "treatments": "recommend recommended recommendation recommender show shown showed display "
    "displayed expose exposed exposure impression impressed promo promoted promotion featured "
    "boosted treat treated treatment assigned assignment experiment control arm variant randomized "
    "randomised sponsored ad ads campaign coupon discount discounted sent targeted notified "
    "emailed eligible new old free premium subscriber weekend holiday mobile male female gender "
    "sex active 推荐 曝光 展示 促销 处理 实验 新品",
    # What makes a description of a time or a rating: seconds_since_last, rating_count.
    "described": "of since until till before after ago age runtime avg average mean median "
    "expected predicted limit offset delay start end count number n num track item video song "
    "movie film episode timestamp date day",
    "estimated": "avg average mean median expected predicted",
    "clock": "of hour hours minute second weekday week month quarter year 小时 星期 月份",
    # What somebody does on the way to having an item, and what takes it back.
    "taken": "cart carts addtocart basket checkout wishlist fav favs collect collected add added "
    "book booked booking apply applied rent rented borrow borrowed subscribe 加购 购物车 喜欢 下载",
    "undone": "remove removed removal delete deleted cancel cancelled canceled return returned "
    "refund refunded dislike disliked unlike unliked unfollow uninstall 取消 移除 删除 退货 退款",
}
_ACTS, _SPANS, _ALONE, _RESPONSES, _TREATMENTS, _DESCRIBED, _ESTIMATED, _CLOCK, _TAKEN, _UNDONE = (
    frozenset(words.split()) for words in _WORDS.values()
)


def spent_time(name: str) -> bool:
    """Whether a name tells how long somebody did something: no time of day, no item's length."""
    _, *parts = plain_name(name)
    words = set(parts)
    if words & _DESCRIBED:
        return False
    if len(parts) == 1:
        return bool(words & _ALONE) or _spelled(parts[0])
    return bool(words & _SPANS) and bool(words & _ACTS)


def names_act(event: str) -> bool:
    """Whether a kind of event tells that somebody took the item or a step towards it.

    A click, a cart, a purchase do; a view, and what takes something back, do not.
    """
    words = set(plain_name(event))
    return bool(words & (_RESPONSES | _TAKEN)) and not words & _UNDONE


def _spelled(word: str) -> bool:
    """Chinese names have no gaps: an act and a span side by side."""
    acts = [act for act in _ACTS if not act.isascii()]
    spans = [span for span in _SPANS if not span.isascii()]
    return re.fullmatch(f"(?:{'|'.join(acts)})(?:{'|'.join(spans)})", word) is not None


def names_response(name: str) -> bool:
    """Whether some word of a name tells of a response (``star_rating``, ``ad_click``)."""
    whole, *parts = plain_name(name)
    words = {whole, *parts}
    return bool(words & _RESPONSES) and not words & _DESCRIBED


def names_no_response(name: str) -> bool:
    """Whether a name tells what was done or given (``recommended``, ``is_new``, ``avg_rating``)."""
    whole, *parts = plain_name(name)
    words = {whole, *parts}
    return bool(words & _ESTIMATED or words & _TREATMENTS) and not names_response(name)


def names_clock(name: str) -> bool:
    """Whether a name tells a part of a date or of a day (``minute_of_day``, ``hour``)."""
    return bool(_CLOCK & set(plain_name(name)))
