import sys
from pathlib import Path

from bot.knowledge.lint import lint

if sys.argv[1:2] == ["lint"]:
    problems = lint(Path("glossary"))
    print("\n".join(map(str, problems)))
    sys.exit(bool(problems))
