// SPDX-License-Identifier: Apache-2.0
package io.agenamq.demo;

import java.io.PrintWriter;

/**
 * One line per act: on a terminal it counts while the act runs, elsewhere only the finished line is printed.
 *
 * <pre>
 * [1/4] JMS client: 10,000 persistent orders to a queue, two consumers ..... 10,000 received, each once (3.1 s)
 * </pre>
 */
final class Progress {
    private static final int TITLE_WIDTH = 78;

    private final PrintWriter out;
    private final boolean live;
    private final int acts;
    private int act;
    private String title = "";
    private long startNanos;

    /**
     * @param live whether {@code out} is a terminal on which a line can be written over
     * @param acts how many acts there are
     */
    Progress(PrintWriter out, boolean live, int acts) {
        this.out = out;
        this.live = live;
        this.acts = acts;
    }

    void begin(String title) {
        this.act++;
        this.title = title;
        this.startNanos = System.nanoTime();
        show("");
    }

    /** Shows where the act is; ignored if nobody can see it move. */
    void show(String state) {
        if (live) {
            out.print("\r\u001b[K" + head() + state);
            out.flush();
        }
    }

    void end(String result) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.printf("%s%s%s (%.1f s)%n", live ? "\r\u001b[K" : "", head(), result, seconds);
        out.flush();
    }

    /** Leaves a half-written line, so that an error starts on its own. */
    void abandon() {
        if (live && act > 0) {
            out.println();
        }
    }

    private String head() {
        String text = "[" + act + "/" + acts + "] " + title + " ";
        return text + ".".repeat(Math.max(1, TITLE_WIDTH - text.length())) + " ";
    }
}
