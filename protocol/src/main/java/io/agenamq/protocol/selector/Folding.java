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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a tree smaller without changing what it selects: constants are computed (by the evaluator itself, so that there is one arithmetic), chains of
 * AND and OR are flattened and cut where a constant decides them, a constant moves to the right of a comparison, and neighbours such as
 * {@code a = 'x' OR a = 'y'} become {@code a IN ('x', 'y')}. Selectors that differ in these only have equal folded trees.
 *
 * <p>Every step keeps the value in all four outcomes, true, false, unknown and failed; where evaluations may fail ({@link Typing#mayFail}) it
 * therefore also keeps the order of evaluation.
 */
final class Folding implements Expression.Visitor<Expression> {

    private static final PropertySource NOTHING = name -> null;

    private final Typing typing;

    private Folding(Typing typing) {
        this.typing = typing;
    }

    static Expression fold(Expression expression, Typing typing) {
        return expression.accept(new Folding(typing));
    }

    /** The value of an expression that has constant operands only, or the expression itself where that is no literal. */
    private Expression computed(Expression expression) {
        Object value = Compiler.compile(expression, typing).value(NOTHING);
        return value == null || value == FAILED ? expression : new Literal(value);
    }

    @Override
    public Expression literal(Literal literal) {
        return literal;
    }

    @Override
    public Expression property(Property property) {
        return property;
    }

    @Override
    public Expression signed(Signed signed) {
        Expression operand = signed.operand().accept(this);
        Signed folded = new Signed(signed.negative(), operand);
        return operand instanceof Literal ? computed(folded) : folded;
    }

    @Override
    public Expression arithmetic(Arithmetic arithmetic) {
        Expression left = arithmetic.left().accept(this);
        Expression right = arithmetic.right().accept(this);
        Arithmetic folded = new Arithmetic(arithmetic.operator(), left, right);
        return left instanceof Literal && right instanceof Literal ? computed(folded) : folded;
    }

    @Override
    public Expression comparison(Comparison comparison) {
        Expression left = comparison.left().accept(this);
        Expression right = comparison.right().accept(this);
        if (!(left instanceof Literal)) {
            return new Comparison(comparison.relation(), left, right);
        }
        Comparison flipped = new Comparison(comparison.relation().flipped(), right, left);
        return right instanceof Literal ? computed(flipped) : flipped;
    }

    @Override
    public Expression between(Between between) {
        Expression value = between.value().accept(this);
        Expression low = between.low().accept(this);
        Expression high = between.high().accept(this);
        Between folded = new Between(between.negated(), value, low, high);
        return value instanceof Literal && low instanceof Literal && high instanceof Literal
                ? computed(folded)
                : folded;
    }

    @Override
    public Expression in(In in) {
        Set<String> distinct = new LinkedHashSet<>(in.texts());
        if (distinct.size() > 1) {
            return new In(in.negated(), in.property(), List.copyOf(distinct));
        }
        Relation relation = in.negated() ? Relation.NOT_EQUAL : Relation.EQUAL;
        return new Comparison(
                relation, in.property(), new Literal(distinct.iterator().next()));
    }

    @Override
    public Expression like(Like like) {
        return like;
    }

    @Override
    public Expression part(Part part) {
        return part;
    }

    @Override
    public Expression isNull(IsNull isNull) {
        return isNull;
    }

    @Override
    public Expression not(Not not) {
        Expression operand = not.operand().accept(this);
        if (operand instanceof Literal) {
            return computed(new Not(operand));
        }
        // A property is left alone: only inside NOT is it read as a condition.
        return operand instanceof Not inner && inner.operand().kind() == Expression.Kind.BOOLEAN
                ? inner.operand()
                : new Not(operand);
    }

    @Override
    public Expression and(And and) {
        List<Expression> operands = new ArrayList<>();
        for (Expression operand : and.operands()) {
            Expression folded = operand.accept(this);
            if (folded instanceof And inner) {
                operands.addAll(inner.operands());
            } else {
                operands.add(folded);
            }
        }
        operands = decided(operands, Literal.FALSE, Literal.TRUE);
        return isOneCondition(operands) ? operands.get(0) : new And(operands);
    }

    @Override
    public Expression or(Or or) {
        List<Expression> operands = new ArrayList<>();
        for (Expression operand : or.operands()) {
            Expression folded = operand.accept(this);
            if (folded instanceof Or inner) {
                operands.addAll(inner.operands());
            } else {
                operands.add(folded);
            }
        }
        operands = withNeighboursJoined(decided(operands, Literal.TRUE, Literal.FALSE));
        return isOneCondition(operands) ? operands.get(0) : new Or(operands);
    }

    /** Drops neutral constants and what stands behind a deciding one; what stands before it can only matter by failing. */
    private List<Expression> decided(List<Expression> operands, Literal deciding, Literal neutral) {
        List<Expression> kept = new ArrayList<>();
        for (Expression operand : operands) {
            if (operand.equals(deciding)) {
                if (!typing.mayFail()) {
                    return List.of(deciding);
                }
                kept.add(deciding);
                return kept;
            } else if (!operand.equals(neutral)) {
                kept.add(operand);
            }
        }
        return kept.isEmpty() ? List.of(neutral) : kept;
    }

    /** Neighbours only: joining over an operand that may fail would change the order. */
    private List<Expression> withNeighboursJoined(List<Expression> operands) {
        List<Expression> joined = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            In membership = membership(operands.get(i));
            if (membership == null) {
                joined.add(operands.get(i));
                continue;
            }
            texts.addAll(membership.texts());
            In next = i + 1 < operands.size() ? membership(operands.get(i + 1)) : null;
            if (next == null || !next.property().equals(membership.property())) {
                joined.add(in(new In(false, membership.property(), texts)));
                texts.clear();
            }
        }
        return joined;
    }

    /** {@code a = 'x'} as {@code a IN ('x')}, an IN as itself; null for all else. */
    private static @Nullable In membership(Expression condition) {
        if (condition instanceof In in && !in.negated()) {
            return in;
        }
        return condition instanceof Comparison comparison
                        && comparison.relation() == Relation.EQUAL
                        && comparison.left() instanceof Property property
                        && comparison.right() instanceof Literal literal
                        && literal.value() instanceof String text
                ? new In(false, property, List.of(text))
                : null;
    }

    private static boolean isOneCondition(List<Expression> operands) {
        return operands.size() == 1 && operands.get(0).kind() == Expression.Kind.BOOLEAN;
    }
}
