// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.server.Distribution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The same load on each contender in turn, A B A B, all in one run; what counts is the median of the rounds. While one is measured, the
 * processes of the other are held (SIGSTOP).
 */
final class Duel<S extends Side> implements AutoCloseable {

    private final Map<S, List<Measurement>> contenders = new LinkedHashMap<>();

    private Duel() {}

    static Duel<Contender> start(String flush, Options options) {
        List<Supplier<Contender>> sides = new ArrayList<>();
        for (Distribution distribution : options.contenders()) {
            sides.add(() -> Contender.start(distribution, flush, options));
        }
        return start(sides);
    }

    /** Starts all sides; if one does not start, none is left running. */
    static <S extends Side> Duel<S> start(List<Supplier<S>> sides) {
        var duel = new Duel<S>();
        try {
            sides.forEach(side -> duel.contenders.put(side.get(), new ArrayList<>()));
            return duel;
        } catch (RuntimeException failed) {
            duel.close();
            throw failed;
        }
    }

    /** Runs the rounds; the load is given the contender and the number of the round. */
    Duel<S> fight(int rounds, BiFunction<S, Integer, Measurement> load) {
        contenders.values().forEach(List::clear);
        for (int round = 0; round < rounds; round++) {
            int number = round;
            contenders.forEach((contender, measurements) -> {
                contenders.keySet().stream().filter(other -> other != contender).forEach(Side::pause);
                Measurement measured = load.apply(contender, number);
                measurements.add(measured);
                System.err.printf(
                        "  %s round %d: %,.0f msg/s, %.1f us CPU/msg, %.1f %% of a core, p50 %.2f ms, p99 %.2f ms, %d"
                                + " errors%n",
                        contender.name(),
                        number + 1,
                        measured.ratePerSecond(),
                        measured.cpuMicrosPerMessage(),
                        measured.cpuPercent(),
                        measured.p50Millis(),
                        measured.p99Millis(),
                        measured.errors());
            });
        }
        return this;
    }

    /** The medians of one property over the rounds. */
    Pair medians(ToDoubleFunction<Measurement> property) {
        return pair((contender, measurements) ->
                median(measurements.stream().mapToDouble(property).sorted().toArray()));
    }

    /** A property of the contenders as they are now. */
    Pair now(ToDoubleFunction<S> property) {
        return pair((contender, measurements) -> property.applyAsDouble(contender));
    }

    private Pair pair(ToDoubleBiFunction<S, List<Measurement>> property) {
        double ours = Double.NaN;
        double theirs = Double.NaN;
        for (Map.Entry<S, List<Measurement>> entry : contenders.entrySet()) {
            double value = property.applyAsDouble(entry.getKey(), entry.getValue());
            if (entry.getKey().isOurs()) {
                ours = value;
            } else {
                theirs = value;
            }
        }
        return new Pair(ours, theirs);
    }

    long errors() {
        return contenders.values().stream()
                .flatMap(List::stream)
                .mapToLong(Measurement::errors)
                .sum();
    }

    private static double median(double[] sorted) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A figure of ours and the same of the other; NaN for who did not take part. */
    record Pair(double ours, double theirs) {

        double ratio() {
            return ours / theirs;
        }
    }

    @Override
    public void close() {
        contenders.keySet().forEach(Side::close);
    }
}
