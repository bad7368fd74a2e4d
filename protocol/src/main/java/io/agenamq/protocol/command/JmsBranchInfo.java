// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.json.JsonReader;
import io.agenamq.protocol.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a broker says about one branch.
 *
 * @param branch which one
 * @param user whose it is, null for nobody
 * @param state where it stands
 * @param heuristic whether an operator has decided
 * @param since when it was prepared, or, before that, when its first part came; milliseconds since 1970, by the broker's clock
 * @param messages how many messages it has
 * @param deliveries how many messages it has received and holds
 * @param destinations names of those that either is about, at most {@value #DESTINATIONS_MAX}
 * @param decider name of the home broker or of the group, empty for a transaction manager
 */
public record JmsBranchInfo(
        JmsBranch branch,
        @Nullable String user,
        State state,
        boolean heuristic,
        long since,
        long messages,
        long deliveries,
        List<String> destinations,
        String decider) {

    /** Destinations that are named; a list is for people. */
    public static final int DESTINATIONS_MAX = 16;

    /** Where a branch stands. */
    public enum State {
        /** It is in memory, and ends with its time or its broker. */
        ACTIVE("active"),
        /** It waits for a decision. */
        PREPARED("prepared"),
        /** It was committed. */
        COMMITTED("committed"),
        /** It was rolled back. */
        ROLLED_BACK("rolled back");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** For people, and in JSON. */
        public String word() {
            return word;
        }

        private static State of(String word) {
            for (State state : values()) {
                if (state.word.equals(word)) {
                    return state;
                }
            }
            throw new IllegalArgumentException("there is no state '" + word + "' of branches");
        }
    }

    public JmsBranchInfo {
        destinations = List.copyOf(destinations);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it names no branch, or a state that is unknown here
     */
    static JmsBranchInfo readFrom(JsonReader in) {
        String branch = "";
        String user = null;
        String state = "";
        boolean heuristic = false;
        long since = 0;
        long messages = 0;
        long deliveries = 0;
        List<String> destinations = List.of();
        String decider = "";
        in.beginObject();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            switch (field) {
                case "id" -> branch = in.textOr("");
                case "user" -> user = in.text();
                case "state" -> state = in.textOr("");
                case "heuristic" -> heuristic = in.booleanOr(false);
                case "since" -> since = in.longOr(0);
                case "messages" -> messages = in.longOr(0);
                case "deliveries" -> deliveries = in.longOr(0);
                case "destinations" -> destinations = in.texts();
                case "decider" -> decider = in.textOr("");
                default -> in.skip();
            }
        }
        return new JmsBranchInfo(
                JmsBranch.parse(branch),
                user,
                State.of(state),
                heuristic,
                since,
                messages,
                deliveries,
                destinations,
                decider);
    }

    /** Writes it as a JSON object. */
    public void writeTo(JsonWriter out) {
        out.beginObject()
                .field("id", branch.toString())
                .field("user", user)
                .field("state", state.word())
                .field("heuristic", heuristic)
                .field("since", since)
                .field("messages", messages)
                .field("deliveries", deliveries)
                .field("destinations", destinations)
                .field("decider", decider)
                .endObject();
    }
}
