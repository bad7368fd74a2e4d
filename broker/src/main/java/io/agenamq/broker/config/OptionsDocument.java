// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

/** Writes {@code docs/options.md} from the declarations; a test fails when the file in the repository is another one. */
final class OptionsDocument {

    private OptionsDocument() {}

    static String render() {
        StringBuilder out = new StringBuilder();
        out.append("# Options\n\n");
        out.append("Generated from the declarations in `io.agenamq.broker.config`; do not edit.\n");
        out.append(
                        "Regenerate: `mvn -pl broker -am test -Dtest=OptionsDocumentTest -Dsurefire.failIfNoSpecifiedTests=false ")
                .append("-Dagena.regenerate=true`.\n\n");
        out.append(
                "An option is set, in rising precedence, in the file that `-c` names (Java properties), by its environment\n");
        out.append(
                "variable, or by a flag of the command. An unknown key is an error that names the nearest known one. An option marked\n");
        out.append(
                "*own* does not exist in RocketMQ; all others have RocketMQ's name, unit and meaning. An option marked *running* can be\n");
        out.append("changed without a restart, until the next one.\n");
        for (OptionTable table : OptionTables.ALL) {
            render(table, out);
        }
        return out.toString();
    }

    private static void render(OptionTable table, StringBuilder out) {
        out.append("\n## Options of the ").append(table.title()).append("\n\n");
        out.append("| option | environment | type | allowed | default | marks | what it is for |\n");
        out.append("|---|---|---|---|---|---|---|\n");
        for (Option<?> option : table.options()) {
            String marks =
                    (option.isRocketmqKey() ? "" : "own ") + (option.isChangeableWhileRunning() ? "running" : "");
            out.append("| `").append(option.name()).append("` | `").append(option.environmentName());
            out.append("` | ").append(option.typeName()).append(" | ").append(option.range());
            out.append(" | ").append(option.defaultText().isEmpty() ? "" : "`" + option.defaultText() + "`");
            out.append(" | ")
                    .append(marks.strip())
                    .append(" | ")
                    .append(option.sentence())
                    .append(" |\n");
        }
        out.append("\nAccepted, without effect, because the mechanism does not exist here:\n");
        out.append(wrapped(String.join(", ", table.ignoredKeys()))).append(".\n");
        out.append("\nRefused unless harmless:\n");
        table.unavailableKeys().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(entry -> out.append("* `")
                        .append(entry.getKey())
                        .append("`: ")
                        .append(entry.getValue().why())
                        .append('\n'));
    }

    private static String wrapped(String words) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : words.split(" ")) {
            if (column > 0 && column + 1 + word.length() > 120) {
                lines.append('\n');
                column = 0;
            } else if (column > 0) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.toString();
    }
}
