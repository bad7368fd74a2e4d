// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The syntax tree of a selector: immutable, compared by value. {@link #toText} writes it so that parsing the text gives an equal tree.
 *
 * <p>{@link Parser} makes only trees whose operands have possible kinds, whose numeric literals carry their sign ({@code -5} is one literal), and
 * whose height is bounded by {@link Selector#LEVEL_COUNT_MAX}, so that recursion over a tree is safe.
 */
sealed interface Expression {

    <R> R accept(Visitor<R> visitor);

    /** What is known of the value before there is a message. */
    Kind kind();

    /**
     * The texts of which the property must have one wherever this condition is true: {@code a = 'x' AND b > 1} requires {@code x} of {@code a}.
     * Null if the condition may be true for other texts too, or for none.
     */
    default @Nullable Set<String> requiredTexts(String property) {
        return null;
    }

    /** The expression in the selector language. */
    default String toText() {
        return accept(new Printer()).toString();
    }

    /** Kinds of values. */
    enum Kind {
        NUMBER("a number"),
        TEXT("a string"),
        BOOLEAN("a condition"),
        /** A property: only the message tells. */
        ANY("a property");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        String description() {
            return description;
        }

        boolean mayBe(Kind wanted) {
            return this == wanted || this == ANY;
        }
    }

    /** One answer for each kind of node. */
    interface Visitor<R> {
        R literal(Literal literal);

        R property(Property property);

        R signed(Signed signed);

        R arithmetic(Arithmetic arithmetic);

        R comparison(Comparison comparison);

        R between(Between between);

        R in(In in);

        R like(Like like);

        R part(Part part);

        R isNull(IsNull isNull);

        R not(Not not);

        R and(And and);

        R or(Or or);
    }

    /** A constant: {@code String}, {@code Long}, {@code Double} or {@code Boolean}. */
    record Literal(Object value) implements Expression {
        static final Literal TRUE = new Literal(true);
        static final Literal FALSE = new Literal(false);

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.literal(this);
        }

        @Override
        public Kind kind() {
            return value instanceof String ? Kind.TEXT : value instanceof Boolean ? Kind.BOOLEAN : Kind.NUMBER;
        }
    }

    /** A property or header field of the message. */
    record Property(String name) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.property(this);
        }

        @Override
        public Kind kind() {
            return Kind.ANY;
        }
    }

    /** A sign before something that is not a numeric literal. */
    record Signed(boolean negative, Expression operand) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.signed(this);
        }

        @Override
        public Kind kind() {
            return Kind.NUMBER;
        }
    }

    /** {@code a + b} and its like. */
    record Arithmetic(ArithmeticOperator operator, Expression left, Expression right) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.arithmetic(this);
        }

        @Override
        public Kind kind() {
            return Kind.NUMBER;
        }
    }

    /** What is true, false or unknown. */
    sealed interface Condition extends Expression {
        @Override
        default Kind kind() {
            return Kind.BOOLEAN;
        }
    }

    /** {@code a < b} and its like. */
    record Comparison(Relation relation, Expression left, Expression right) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.comparison(this);
        }

        @Override
        public @Nullable Set<String> requiredTexts(String property) {
            boolean names = left instanceof Property tested && tested.name().equals(property);
            return names
                            && relation == Relation.EQUAL
                            && right instanceof Literal literal
                            && literal.value() instanceof String text
                    ? Set.of(text)
                    : null;
        }
    }

    /** {@code value [NOT] BETWEEN low AND high}, both bounds included. */
    record Between(boolean negated, Expression value, Expression low, Expression high) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.between(this);
        }
    }

    /** {@code property [NOT] IN ('a', 'b')}; at least one text. */
    record In(boolean negated, Property property, List<String> texts) implements Condition {
        public In {
            texts = List.copyOf(texts);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.in(this);
        }

        @Override
        public @Nullable Set<String> requiredTexts(String name) {
            return !negated && property.name().equals(name) ? new LinkedHashSet<>(texts) : null;
        }
    }

    /** {@code property [NOT] LIKE 'pattern' [ESCAPE 'e']}; escape is "" where there is none. */
    record Like(boolean negated, Property property, String pattern, String escape) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.like(this);
        }
    }

    /** {@code property [NOT] CONTAINS|STARTSWITH|ENDSWITH 'text'}. */
    record Part(boolean negated, Property property, Place place, String text) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.part(this);
        }
    }

    /** Where a {@link Part} is looked for. */
    enum Place {
        CONTAINS,
        STARTSWITH,
        ENDSWITH
    }

    /** {@code property IS [NOT] NULL}. */
    record IsNull(boolean negated, Property property) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.isNull(this);
        }
    }

    /** {@code NOT condition}. */
    record Not(Expression operand) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.not(this);
        }
    }

    /** Conditions joined by AND, evaluated from left to right until one decides. A list, so that a long chain is not a deep tree. */
    record And(List<Expression> operands) implements Condition {
        public And {
            operands = List.copyOf(operands);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.and(this);
        }

        @Override
        public @Nullable Set<String> requiredTexts(String property) {
            for (Expression operand : operands) {
                Set<String> texts = operand.requiredTexts(property);
                if (texts != null) {
                    return texts;
                }
            }
            return null;
        }
    }

    /** Conditions joined by OR, evaluated from left to right until one decides. */
    record Or(List<Expression> operands) implements Condition {
        public Or {
            operands = List.copyOf(operands);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.or(this);
        }

        @Override
        public @Nullable Set<String> requiredTexts(String property) {
            Set<String> union = new LinkedHashSet<>();
            for (Expression operand : operands) {
                Set<String> texts = operand.requiredTexts(property);
                if (texts == null) {
                    return null;
                }
                union.addAll(texts);
            }
            return union;
        }
    }
}
