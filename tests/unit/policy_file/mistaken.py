"""Mistakes in what a policy file says of grants and of emergencies, each with its line."""

from bot.policy_file import Fault

LEADS = '[grants]\nby = ["U0ANNA"]\n'
GLASS = '[emergency]\npeople = ["U0ANNA"]\n'

OF_GRANTS: list[tuple[str, int, Fault]] = [
    ('[grants]\nchannels = ["C0OPS"]', 1, Fault.MISSING_KEY),
    (LEADS, 1, Fault.MISSING_KEY),
    ("grants = 5", 1, Fault.NOT_A_TABLE),
    ('[grants]\nby = ["leads"]\nchannels = ["C0OPS"]', 2, Fault.UNKNOWN_PERSON),
    (LEADS + 'channels = ["incidents"]', 3, Fault.BAD_CHANNEL),
    (LEADS + 'channels = ["C0OPS"]\nminutes_most = 1441', 4, Fault.NOT_WHOLE),
    (LEADS + 'channels = ["C0OPS"]\nuses_most = 0', 4, Fault.NOT_WHOLE),
    (LEADS + 'channels = ["C0OPS"]\nuses_most = 51', 4, Fault.NOT_WHOLE),
]

OF_EMERGENCIES: list[tuple[str, int, Fault]] = [
    ("[emergency]\nquota = 2", 1, Fault.MISSING_KEY),
    ("emergency = 5", 1, Fault.NOT_A_TABLE),
    ('[emergency]\npeople = ["anyone"]', 2, Fault.UNKNOWN_PERSON),
    (GLASS + "quota = 0", 3, Fault.NOT_WHOLE),
    (GLASS + "quota = 101", 3, Fault.NOT_WHOLE),
    (GLASS + "period_hours = 721", 3, Fault.NOT_WHOLE),
    (GLASS + 'reviewers = ["auditors"]', 3, Fault.UNKNOWN_PERSON),
    (GLASS + 'reviewers = ["U0ANNA"]', 3, Fault.REVIEWS_OWN),
    (GLASS + 'reason = "INC-[0-9]+"', 1, Fault.MISSING_KEY),
    (GLASS + 'reason = "INC-[0-9]+"\nreason_example = "INC-7  dry"', 4, Fault.EXAMPLE_TOO_SHORT),
]
