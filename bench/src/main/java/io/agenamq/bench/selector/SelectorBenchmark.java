// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.selector;

import io.agenamq.protocol.selector.Selector;
import io.agenamq.protocol.selector.SelectorException;
import io.agenamq.protocol.selector.TagSet;
import io.agenamq.protocol.selector.Typing;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One message against expressions of both typings, and against a set of tags, which needs the hash only. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SelectorBenchmark {

    private static final String EXPRESSION = "amount > 100 AND region IN ('eu', 'us') AND urgent IS NULL";

    private static final Map<String, Object> TYPED = Map.of("amount", 250, "region", "us");
    private static final Map<String, Object> TEXTS = Map.of("amount", "250", "region", "us");

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Selector strict;

    @SuppressWarnings("NullAway.Init")
    private Selector coercing;

    @SuppressWarnings("NullAway.Init")
    private TagSet tags;

    @Setup
    public void parseOnce() throws SelectorException {
        strict = Selector.parse(EXPRESSION, Typing.STRICT);
        coercing = Selector.parse(EXPRESSION, Typing.COERCING);
        tags = TagSet.parse("paid || shipped || returned");
    }

    @Benchmark
    public boolean strict() {
        return strict.matches(TYPED::get);
    }

    @Benchmark
    public boolean coercing() {
        return coercing.matches(TEXTS::get);
    }

    @Benchmark
    public boolean tags() {
        return tags.mayContain("shipped".hashCode());
    }

    @Benchmark
    public Selector parse() throws SelectorException {
        return Selector.parse(EXPRESSION, Typing.COERCING);
    }
}
