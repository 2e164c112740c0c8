"""What the cloud client needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Api = Literal["v2", "3.0"]

V2_URL = "https://bmlb.api.qcloud.com/v2/index.php"
V3_URL = "https://bmlb.tencentcloudapi.com/"

# Fact sheet, section 1.3. The v2 documents' examples send short names, 3.0 takes long ones (Q15).
_SHORT: Mapping[str, str] = MappingProxyType(
    {"ap-beijing": "bj", "ap-shanghai": "sh", "ap-guangzhou": "gz", "ap-chongqing": "cq"}
)
_LONG: Mapping[str, str] = MappingProxyType({short: long for long, short in _SHORT.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudSettings:
    """How to reach the cloud; its repr hides the keys.

    ``api`` is the version that makes the modify calls. ``token`` is the session token of temporary keys, or ``""``.
    ``region`` may be the short or the long name. ``rate`` is calls per second and action; the cloud allows 20 (fact
    sheet, section 9.5). The time limits are seconds: to connect, and to wait for the answer's next byte.
    """

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    region: str
    api: Api = "v2"
    v2_url: str = V2_URL
    v3_url: str = V3_URL
    token: str = field(default="", repr=False)
    rate: float = 20.0
    connect_timeout: float = 3.0
    read_timeout: float = 10.0

    @property
    def v2_region(self) -> str:
        """Return the region as API v2's examples spell it."""
        return _SHORT.get(self.region, self.region)

    @property
    def v3_region(self) -> str:
        """Return the region as API 3.0 spells it."""
        return _LONG.get(self.region, self.region)
