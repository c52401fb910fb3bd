"""Phone numbers as people type them, made alike."""

import re

from center.japanese.folding import fold

PHONE_CHARACTERS = re.compile(r"\+?[0-9() -]+")
COUNTRY_CODE = re.compile(r"^\+81[- ]*(?:\(0\))?0?")
CERTAIN = (
    (re.compile(r"0[5-9]0[1-9]\d{7}"), (3, 4, 4)),  # mobile and IP phones
    (re.compile(r"0800\d{7}"), (4, 3, 4)),
    (re.compile(r"(?:0120|0570|0990)\d{6}"), (4, 3, 3)),
    (re.compile(r"0[36][1-9]\d{7}"), (2, 4, 4)),  # Tokyo, Osaka
    (re.compile(r"024[59]\d{6}"), (3, 3, 4)),  # Koriyama and Fukushima; 0249-24-… is how it was written until 2003
)
"""Numbers whose parts are known without doubt: their form does not depend on the hyphens that were typed."""
AREA_OF_FIVE = re.compile(
    r"0(?:1267|137[247]|139[278]|145[67]|1466|1547|1558|1564|158[67]|163[245]|1648|165[4-68]|499[2468]|5769|5979|7468"
    r"|838[7-9]|8396|8477|851[2-9]|9802|991[23]|9969)"
)
AREA_OF_THREE = re.compile(
    r"0(?:11|177|188|19[69]|22[127]|23[0-269]|25[1-3]|262|27[1-35]|28[16]|29[028]|42[13-79]|43[0-57]|44|45|46[248]"
    r"|47[2-47]|48|49[29]|52|53[045]|54[0-369]|55[29]|58[02389]|59[0-3]|72[02-46-9]|734|75|76[0249]|77[57]|78|79[23]"
    r"|82[1258]|83[29]|849|86[0124]|87[0-468]|88[68]|9[23]|94[15]|95[138]|96[1-3]|97[156]|98[189]|99[1289])"
)
"""For numbers without hyphens: area codes of five and of three figures by their beginning; all others have four.

Source: the numbering plan of the Ministry of Internal Affairs and Communications.
"""


class NotAPhoneNumber(ValueError):
    """The text is no Japanese phone number of 10 or 11 figures."""


def normalise_phone(text: str) -> str:
    """A Japanese phone number in the one form that is stored: half width with hyphens, 024-924-3352.

    Takes full and half width, hyphens of any kind, brackets, spaces, none of them, and +81. Where the parts are not
    certain, the hyphens as typed win over the table. Raises NotAPhoneNumber for anything else ('' too).
    """
    plain = fold(text).strip()
    if not PHONE_CHARACTERS.fullmatch(plain):
        raise NotAPhoneNumber("only figures, hyphens, brackets and spaces make a phone number")
    plain = COUNTRY_CODE.sub("0", plain)
    typed = re.findall(r"\d+", plain)
    digits = "".join(typed)
    if "+" in plain or not re.fullmatch(r"0[1-9]\d{8,9}", digits):
        raise NotAPhoneNumber("a phone number has 10 or 11 figures and begins with 0")
    for shape, parts in CERTAIN:
        if shape.fullmatch(digits):
            return _hyphened(digits, parts)
    if len(digits) != 10:
        raise NotAPhoneNumber("no number of 11 figures begins like this")
    lengths = tuple(len(part) for part in typed)
    if len(lengths) == 3 and 2 <= lengths[0] <= 5 and lengths[2] == 4:
        return _hyphened(digits, lengths)
    if AREA_OF_FIVE.match(digits):
        return _hyphened(digits, (5, 1, 4))
    return _hyphened(digits, (3, 3, 4) if AREA_OF_THREE.match(digits) else (4, 2, 4))


def _hyphened(digits: str, lengths: tuple[int, ...]) -> str:
    parts, at = [], 0
    for length in lengths:
        parts.append(digits[at : at + length])
        at += length
    return "-".join(parts)
