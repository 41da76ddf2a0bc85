"""Reads the generated Swift with Swift's grammar: no error, and everything expected is there."""

import re
import sys

import tree_sitter
import tree_sitter_swift

parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))


def errors(source):
    def visit(node):
        if node.is_error or node.is_missing:
            yield node.start_point.row + 1
        elif node.has_error:
            for child in node.children:
                yield from visit(child)

    return list(visit(parser.parse(source).root_node))


with open(sys.argv[1], "rb") as file:
    text = file.read()
# Two forms that Swift takes and the grammar does not: an attribute under a condition, and a closure that gives `()`.
text = re.sub(rb"#if swift\(>=5\.8\)\n\s*@_documentation\(visibility: private\)\n#endif", b"", text)
text = text.replace(b"= { () }", b"= { return }")
# A check that cannot fail would say nothing.
assert errors(b"public struct Deal { var name: }"), "the grammar finds no mistake"
found = errors(text)
assert not found, f"lines that are not Swift: {found[:10]}"
for expected in ("open class Crm", "public struct OrganizationFields", "public protocol CommitListener", "func search(", "func searchUpdate(progress: Progress? = nil)"):
    assert expected.encode() in text, f"{expected} is missing"
print("all is well")
