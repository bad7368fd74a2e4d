// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import io.agenamq.protocol.selector.Expression.And;
import io.agenamq.protocol.selector.Expression.Arithmetic;
import io.agenamq.protocol.selector.Expression.Between;
import io.agenamq.protocol.selector.Expression.Comparison;
import io.agenamq.protocol.selector.Expression.In;
import io.agenamq.protocol.selector.Expression.IsNull;
import io.agenamq.protocol.selector.Expression.Like;
import io.agenamq.protocol.selector.Expression.Literal;
import io.agenamq.protocol.selector.Expression.Not;
import io.agenamq.protocol.selector.Expression.Or;
import io.agenamq.protocol.selector.Expression.Part;
import io.agenamq.protocol.selector.Expression.Place;
import io.agenamq.protocol.selector.Expression.Property;
import io.agenamq.protocol.selector.Expression.Signed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Arbitrary trees as the parser can make them, and arbitrary messages on which they are neither always true nor always false. */
final class RandomSelectors {

    private static final List<String> NAMES = List.of("a", "b", "c", "JMSType", "TAGS", "$_x", "größe");
    private static final List<String> TEXTS =
            List.of("", "a", "ab", "a''b", "100%", "_", "5", "-7", "7.5", "true", "x\ny", "🚀", "it's");
    private static final List<String> PATTERNS =
            List.of("", "%", "_", "a%", "%a", "a_b", "%a%b%", "!%", "a!_%", "__%", "🚀", "%\n%");
    private static final List<Number> NUMBERS = List.of(
            0L,
            1L,
            -1L,
            2L,
            5L,
            -7L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0.0,
            -0.0,
            0.5,
            7.5,
            -7.0,
            5.0,
            1e18,
            0x1p63,
            Double.MAX_VALUE,
            Double.MIN_VALUE);
    private static final List<Object> TYPED_VALUES = List.of(
            "a",
            "ab",
            "",
            "5",
            true,
            false,
            (byte) 5,
            (short) -7,
            1,
            2,
            5L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            7.5f,
            -7.0,
            Double.NaN);
    private static final List<String> TEXT_VALUES = List.of(
            "a",
            "ab",
            "",
            "5",
            "-7",
            "+1",
            "7.5",
            ".5",
            "5.",
            "1e3",
            "-0",
            "NaN",
            "-Infinity",
            "true",
            "FALSE",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "5L",
            "1d",
            "e5",
            "-",
            " 5",
            "it's");

    private final Random random;
    private final Typing typing;

    RandomSelectors(Random random, Typing typing) {
        this.random = random;
        this.typing = typing;
    }

    Map<String, Object> message() {
        Map<String, Object> message = new HashMap<>();
        for (String name : NAMES) {
            if (random.nextInt(4) > 0) {
                message.put(name, typing == Typing.STRICT ? any(TYPED_VALUES) : any(TEXT_VALUES));
            }
        }
        return message;
    }

    /** A tree that can stand alone. */
    Expression condition(int height) {
        if (height == 0) {
            return random.nextInt(3) == 0 ? new Literal(random.nextBoolean()) : property();
        }
        int below = height - 1;
        return switch (random.nextInt(14)) {
            case 0, 1 -> new And(several(() -> condition(below)));
            case 2, 3 -> new Or(several(() -> condition(below)));
            case 4, 5 -> new Not(condition(below));
            case 6 -> new In(random.nextBoolean(), property(), several(() -> any(TEXTS)));
            case 7 -> like();
            case 8 -> new Part(random.nextBoolean(), property(), any(List.of(Place.values())), any(TEXTS));
            case 9 -> new IsNull(random.nextBoolean(), property());
            case 10 -> between(below);
            case 11 -> new Comparison(any(List.of(Relation.values())), number(below), number(below));
            case 12 -> new Comparison(equality(), text(), text());
            default -> new Comparison(equality(), condition(below), condition(below));
        };
    }

    private Relation equality() {
        return random.nextBoolean() ? Relation.EQUAL : Relation.NOT_EQUAL;
    }

    private Expression number(int height) {
        if (height == 0 || random.nextInt(3) == 0) {
            return random.nextBoolean() ? new Literal(any(NUMBERS)) : property();
        }
        return random.nextInt(4) == 0
                ? new Signed(random.nextBoolean(), number(height - 1))
                : new Arithmetic(any(List.of(ArithmeticOperator.values())), number(height - 1), number(height - 1));
    }

    private Expression text() {
        return random.nextBoolean() ? new Literal(any(TEXTS)) : property();
    }

    private Expression between(int below) {
        Expression low = number(below);
        Expression high = number(below);
        boolean refused = typing == Typing.COERCING && low instanceof Literal && high instanceof Literal;
        return new Between(random.nextBoolean(), number(below), low, refused ? low : high);
    }

    private Like like() {
        String pattern = any(PATTERNS);
        boolean escaped = random.nextBoolean() && !LikePattern.endsInEscape(pattern, "!");
        return new Like(random.nextBoolean(), property(), pattern, escaped ? "!" : "");
    }

    private Property property() {
        return new Property(any(NAMES));
    }

    private <T> List<T> several(Supplier<T> one) {
        return IntStream.range(0, 2 + random.nextInt(3))
                .mapToObj(i -> one.get())
                .toList();
    }

    private <T> T any(List<? extends T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
