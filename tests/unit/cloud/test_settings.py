import pytest

from bot.cloud.settings import CloudSettings


def settings_in(region: str) -> CloudSettings:
    return CloudSettings(region=region, secret_id="AKIDcanary", secret_key="KEYcanary", token="TOKENcanary")


@pytest.mark.parametrize(
    ("region", "v2", "v3"),
    [
        ("bj", "bj", "ap-beijing"),
        ("ap-beijing", "bj", "ap-beijing"),
        ("ap-shanghai", "sh", "ap-shanghai"),
        ("gz", "gz", "ap-guangzhou"),
        ("ap-chongqing", "cq", "ap-chongqing"),
        ("ap-nowhere", "ap-nowhere", "ap-nowhere"),
    ],
)
def test_each_api_gets_the_region_in_its_own_spelling(region: str, v2: str, v3: str) -> None:
    settings = settings_in(region)

    assert (settings.v2_region, settings.v3_region) == (v2, v3)


def test_settings_show_no_secret() -> None:
    shown = repr(settings_in("bj"))

    assert "canary" not in shown
    assert "bj" in shown
