// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static io.agenamq.protocol.selector.Evaluator.FAILED;

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
import io.agenamq.protocol.selector.Expression.Property;
import io.agenamq.protocol.selector.Expression.Signed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Turns a tree into an {@link Evaluator}, once. All that does not depend on the message is done here: patterns, sets, the choice of code. */
final class Compiler implements Expression.Visitor<Evaluator> {

    private final Typing typing;

    private Compiler(Typing typing) {
        this.typing = typing;
    }

    static Evaluator compile(Expression expression, Typing typing) {
        return expression.accept(new Compiler(typing));
    }

    /** As {@link #compile}, for an expression in the place of a condition: the value is a {@code Boolean}, null or {@code FAILED}. */
    static Evaluator compileCondition(Expression expression, Typing typing) {
        return new Compiler(typing).condition(expression);
    }

    private Evaluator condition(Expression expression) {
        Evaluator evaluator = expression.accept(this);
        return expression.kind() == Expression.Kind.BOOLEAN
                ? evaluator
                : message -> typing.truth(evaluator.value(message));
    }

    private Evaluator[] conditions(List<Expression> expressions) {
        return expressions.stream().map(this::condition).toArray(Evaluator[]::new);
    }

    @Override
    public Evaluator literal(Literal literal) {
        Object value = literal.value();
        return message -> value;
    }

    @Override
    public Evaluator property(Property property) {
        String name = property.name();
        return message -> message.get(name);
    }

    @Override
    public Evaluator signed(Signed signed) {
        Evaluator operand = signed.operand().accept(this);
        boolean negative = signed.negative();
        return message -> typing.sign(negative, operand.value(message));
    }

    @Override
    public Evaluator arithmetic(Arithmetic arithmetic) {
        Evaluator left = arithmetic.left().accept(this);
        Evaluator right = arithmetic.right().accept(this);
        ArithmeticOperator operator = arithmetic.operator();
        return message -> typing.calculate(operator, left.value(message), right.value(message));
    }

    @Override
    public Evaluator comparison(Comparison comparison) {
        Evaluator left = comparison.left().accept(this);
        Evaluator right = comparison.right().accept(this);
        Relation relation = comparison.relation();
        return message -> typing.compare(relation, left.value(message), right.value(message));
    }

    /** Inside is "not below and not above", outside "below or above": each as the same comparisons written out would be. */
    @Override
    public Evaluator between(Between between) {
        Evaluator value = between.value().accept(this);
        Evaluator low = between.low().accept(this);
        Evaluator high = between.high().accept(this);
        Boolean deciding = between.negated();
        Relation toLow = between.negated() ? Relation.LESS : Relation.GREATER_OR_EQUAL;
        Relation toHigh = between.negated() ? Relation.GREATER : Relation.LESS_OR_EQUAL;
        return message -> {
            Object tested = value.value(message);
            Object first = typing.compare(toLow, tested, low.value(message));
            if (first == FAILED || deciding.equals(first)) {
                return first;
            }
            Object second = typing.compare(toHigh, tested, high.value(message));
            return first == null && !(second == FAILED || deciding.equals(second)) ? null : second;
        };
    }

    @Override
    public Evaluator in(In in) {
        Set<String> texts = new HashSet<>(in.texts());
        return textTest(in.property(), in.negated(), texts::contains);
    }

    @Override
    public Evaluator like(Like like) {
        return textTest(like.property(), like.negated(), new LikePattern(like.pattern(), like.escape())::matches);
    }

    @Override
    public Evaluator part(Part part) {
        String text = part.text();
        if (text.isEmpty()) {
            // RocketMQ: nothing contains the empty text, and nothing contains it not.
            return textTest(part.property(), false, value -> false);
        }
        return textTest(
                part.property(),
                part.negated(),
                switch (part.place()) {
                    case CONTAINS -> value -> value.contains(text);
                    case STARTSWITH -> value -> value.startsWith(text);
                    case ENDSWITH -> value -> value.endsWith(text);
                });
    }

    /** A test of strings is false for a value of another type, negated or not (Jakarta Messaging 3.1 §3.8.1.2). */
    private static Evaluator textTest(Property property, boolean negated, Predicate<String> test) {
        String name = property.name();
        return message -> {
            Object value = message.get(name);
            if (value == null) {
                return null;
            }
            return value instanceof String text && test.test(text) != negated;
        };
    }

    @Override
    public Evaluator isNull(IsNull isNull) {
        String name = isNull.property().name();
        boolean negated = isNull.negated();
        return message -> (message.get(name) == null) != negated;
    }

    @Override
    public Evaluator not(Not not) {
        Evaluator operand = condition(not.operand());
        return message -> {
            Object value = operand.value(message);
            return value instanceof Boolean truth ? Boolean.valueOf(!truth) : value;
        };
    }

    @Override
    public Evaluator and(And and) {
        return chain(conditions(and.operands()), false);
    }

    @Override
    public Evaluator or(Or or) {
        return chain(conditions(or.operands()), true);
    }

    /** Three-valued AND (decided by the first false) or OR (by the first true): else unknown if any operand is. */
    private static Evaluator chain(Evaluator[] operands, Boolean deciding) {
        Boolean undecided = !deciding;
        return message -> {
            Object result = undecided;
            for (Evaluator operand : operands) {
                @Nullable Object value = operand.value(message);
                if (value == FAILED || deciding.equals(value)) {
                    return value;
                } else if (value == null) {
                    result = null;
                }
            }
            return result;
        };
    }
}
