"""The error codes of API 3.0; fact sheet, section 9.6."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.cloud.meanings import AUTH, FAULT, INPUT, OVERSIZED, QUOTA, RATE, STATE, UNSETTLED, Meaning

CODES: Mapping[str, Meaning] = MappingProxyType(
    {
        "AuthFailure": AUTH,
        "AuthFailure.InvalidAuthorization": AUTH,
        "AuthFailure.InvalidSecretId": AUTH,
        "AuthFailure.MFAFailure": AUTH,
        "AuthFailure.SecretIdNotFound": AUTH,
        "AuthFailure.SignatureExpire": AUTH,
        "AuthFailure.SignatureFailure": AUTH,
        "AuthFailure.TokenFailure": AUTH,
        "AuthFailure.UnauthorizedOperation": AUTH,
        "IpInBlacklist": AUTH,
        "IpNotInWhitelist": AUTH,
        "ActionOffline": INPUT,
        "InvalidAction": INPUT,
        "InvalidParameter": INPUT,
        "InvalidParameterValue": INPUT,
        "InvalidRequest": INPUT,
        "MissingParameter": INPUT,
        "NoSuchProduct": INPUT,
        "NoSuchVersion": INPUT,
        "ResourceNotFound": INPUT,
        "DryRunOperation": INPUT,
        "LimitExceeded": QUOTA,
        "RequestLimitExceeded": RATE,
        "RequestLimitExceeded.UinLimitExceeded": RATE,
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded": RATE,
        "ResourceInUse": STATE,
        "FailedOperation": UNSETTLED,
        "InternalError": FAULT,
        # Usually listed with the above; not confirmed for bmlb.
        "RequestSizeLimitExceeded": INPUT,
        "ResourceInsufficient": QUOTA,
        "ResourceUnavailable": STATE,
        "ResponseSizeLimitExceeded": OVERSIZED,
        "ServiceUnavailable": FAULT,
        "UnauthorizedOperation": AUTH,
        "UnknownParameter": INPUT,
        "UnsupportedOperation": INPUT,
        "UnsupportedProtocol": INPUT,
        "UnsupportedRegion": INPUT,
    }
)
