from pathlib import Path

import pytest
from written import Output, write_output


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return write_output(tmp_path)
