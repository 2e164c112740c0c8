import pytest

from tests.page.conftest import chromium


@pytest.mark.parametrize("environment", [{"PATH": ""}, {"CHROMIUM": "/nowhere/chromium"}])
def test_without_chromium_the_page_tests_fail_and_say_how_to_get_it(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium(environment)
