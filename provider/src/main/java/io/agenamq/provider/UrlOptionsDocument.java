// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider;

import io.agenamq.provider.AgenaUrl.Option;

/** Writes {@code docs/url-options.md} from the declarations; a test fails when the file in the repository is another one. */
final class UrlOptionsDocument {

    private UrlOptionsDocument() {}

    static String render() {
        StringBuilder out = new StringBuilder();
        out.append("# Options of a Jakarta Messaging connection\n\n");
        out.append("Generated from the declarations in `io.agenamq.provider.AgenaUrl`; do not edit.\n");
        out.append("Regenerate: `mvn -pl provider -am test -Dtest=UrlOptionsDocumentTest ")
                .append("-Dsurefire.failIfNoSpecifiedTests=false -Dagena.regenerate=true`.\n\n");
        out.append(
                "They follow the question mark of `agena://host:port,host2:port?option=value&option=value`, and each is a\n");
        out.append(
                "property of `AgenaConnectionFactory` (`prefetch` is `setPrefetch`). Values are URL-encoded. An option that does\n");
        out.append("not exist is an error that names the nearest one.\n\n");
        out.append("| option | allowed | default | what it is |\n");
        out.append("|---|---|---|---|\n");
        for (Option option : Option.values()) {
            out.append("| `").append(option.key).append("` | ").append(option.allowed());
            out.append(" | ").append(option.dflt.isEmpty() ? "" : "`" + option.dflt + "`");
            out.append(" | ").append(option.sentence).append(" |\n");
        }
        out.append(
                "\nA destination may have a `prefetch` of its own, with its name: `createQueue(\"orders?prefetch=10\")`,\n");
        out.append(
                "`topic.Prices = prices?last=100&prefetch=1000` in `jndi.properties`. It counts for the consumers that are made with it.\n");
        return out.toString();
    }
}
