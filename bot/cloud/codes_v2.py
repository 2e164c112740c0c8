"""The error codes of API v2, sign included: ``12003`` and ``-12003`` are different codes."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.cloud.meanings import (
    AUTH,
    CLOSED,
    FAULT,
    INPUT,
    PARTIAL,
    PRICING,
    PUSH_FAULT,
    QUOTA,
    RATE,
    REPLAY,
    STATE,
    UNSETTLED,
    Meaning,
)

COMMON: Mapping[str, Meaning] = MappingProxyType(  # fact sheet, section 6.2
    {
        "4000": INPUT,
        "4100": AUTH,
        "4101": AUTH,
        "4102": AUTH,
        "4103": AUTH,
        "4104": AUTH,
        "4105": AUTH,
        "4106": AUTH,
        "4110": AUTH,
        "4200": AUTH,
        "4300": AUTH,
        "4400": RATE,
        "4500": REPLAY,
        "4600": INPUT,
        "5000": INPUT,
        "5100": UNSETTLED,
        "5200": QUOTA,
        "5300": QUOTA,
        "5400": PARTIAL,
        "5500": AUTH,
        "6000": FAULT,
        "6100": INPUT,
        "6200": CLOSED,
    }
)

MODULE: Mapping[str, tuple[str, Meaning]] = MappingProxyType(  # identifier and meaning; fact sheet, section 6.3
    {
        "9003": ("InvalidParameter", INPUT),
        "9006": ("InternalError.CCDBAbnormal", FAULT),
        "9009": ("InternalError.TradeError", FAULT),
        "11041": ("InvalidParameter.CCDBLBNotExist", INPUT),
        "11060": ("InternalError.TGWAbnormal", FAULT),
        "12003": ("IncorrectStatus.LBWrongStatus", STATE),
        "12010": ("InvalidResource.LBNumberOverOrderLimit", QUOTA),
        "12011": ("InvalidResource.LBNumberOverTotalLimit", QUOTA),
        "12013": ("InvalidResource.BindCPMNumberOverLimit", QUOTA),
        "12014": ("InvalidResource.ListenerNumberOverLimit", QUOTA),
        "14100": ("InternalError.BmApiAbnormal", FAULT),
        "20002": ("InvalidParameter.VpcIdSubnetIdNotExist", INPUT),
        "28000": ("InternalError.VPCAbnormal", FAULT),
        "30001": ("InvalidParameter.TmVpcIDInvalid", INPUT),
        "30002": ("InvalidParameter.TmIDNotExist", INPUT),
        "30003": ("InvalidParameter.TmListenerExit", STATE),
        "30004": ("InvalidParameter.TmListenerNotExit", INPUT),
        "30005": ("InvalidParameter.TmReciverExit", STATE),
        "30006": ("InvalidParameter.TmReciverNotExit", INPUT),
        "30011": ("InvalidRs.NotExist", INPUT),
        "100001": ("InvalidParameter", INPUT),
        "100004": ("OperationDenied.NoPermission", AUTH),
        "500008": ("TradeError.QueryPriceError", FAULT),
        "700102": ("TradeError.CheckGoodsError", INPUT),
        "700104": ("TradeError.GoodsConfigInvalid", PRICING),
        "700108": ("TradeError.GoodsCodeInvalid", INPUT),
        "-12000": ("InvalidL7Listener.NotExist", INPUT),
        "-12003": ("InvalidForwardRule.NotExist", INPUT),
        "-12007": ("InvalidResource.ForwardDomainNumberOverLimit", QUOTA),
        "-12008": ("InvalidResource.ForwardLocationNumberOverLimit", QUOTA),
        "-12010": ("IncorrectStatus.ListenerWrongStatus", STATE),
        "-12011": ("IncorrectStatus.ForwardRuleWrongStatus", STATE),
        "-12013": ("InvalidParameter.VportIsDuplicate", STATE),
        "-12015": ("InvalidParameter.ForwardLocationIsDuplicate", STATE),
        "-12016": ("InvalidParameter.ForwardDomainNotComplianceWithRule", INPUT),
        "-12017": ("InvalidParameter.ForwardLocationNotComplianceWithRule", INPUT),
        "-12019": ("InvalidParameter.httpCheckDomainNotMatch", INPUT),
        "-12020": ("InvalidParameter.certNotInValidTime", INPUT),
        "-12021": ("IncorrectStatus.L4ListenerWrongStatus", STATE),
        "-12022": ("InvalidParameter.InvalidMultiL4VportToRsport", STATE),
        "-12023": ("InvalidL4Listener.NotExist", INPUT),
        "-12024": ("InvalidVmIp.NotExist", INPUT),
        "-12025": ("InvalidVmIp.AlreadyExist", STATE),
        "-20000": ("InvalidResource.CertPlatformErr", FAULT),
        "-20001": ("InvalidParameter.InvalidCertType", INPUT),
        "-20002": ("InvalidParameter.InvalidCertContent", INPUT),
        "-20005": ("InternalError.UploadToTgwErr", PUSH_FAULT),
        "-21000": ("InvalidStatus.DeviceInvalidStatus", STATE),
        "-21001": ("InvalidStatus.LBInvalidStatus", STATE),
        # First-generation pages give these three without an identifier.
        "9824": ("", INPUT),
        "10005": ("", INPUT),
        "12012": ("", INPUT),
    }
)

# ``InvalidParameter`` without a dot names two codes and is a common codeDesc too: it identifies nothing.
BY_NAME: Mapping[str, str] = MappingProxyType({name: code for code, (name, _) in MODULE.items() if "." in name})
