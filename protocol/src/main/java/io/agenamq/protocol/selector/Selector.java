// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import io.agenamq.protocol.selector.Expression.Literal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parsed and compiled selector: decides for one message after the other whether a consumer wants it. Made once where the selector is presented,
 * so that a mistake is reported there (Jakarta Messaging 3.1 §3.8.1.1) and never when a message comes.
 *
 * <p>Immutable; any thread may call anything, at once. Two selectors are equal if they have the same typing and the same tree after folding:
 * white space, the case of keywords, superfluous parentheses and computed constants make no difference, so a selector is a good key for state that
 * consumers share.
 *
 * <p>Evaluation neither throws nor recurses deeper than {@link #LEVEL_COUNT_MAX} levels, and its work is bounded by the text of the selector
 * times the longest property.
 */
public final class Selector {

    /** The longest selector or tag expression, in UTF-16 characters. More is refused before any of it is read. */
    public static final int TEXT_LENGTH_MAX = 64 * 1024;

    /**
     * How high a syntax tree may grow: open parentheses, NOTs, signs, and the arithmetic operators of one comparison. Chains of AND, OR and IN do not
     * count. Recursive passes use up to a kilobyte of stack for a level, and the smallest thread stack is half a megabyte.
     */
    public static final int LEVEL_COUNT_MAX = 256;

    /** Selects every message. */
    public static final Selector ALL = new Selector("", Typing.STRICT, Literal.TRUE);

    private final String text;
    private final Typing typing;
    private final Expression tree;
    private final Evaluator evaluator;
    private final TagSet tags;

    private Selector(String text, Typing typing, Expression tree) {
        this.text = text;
        this.typing = typing;
        this.tree = tree;
        this.evaluator = Compiler.compileCondition(tree, typing);
        Set<String> required = tree.requiredTexts(typing.tagProperty());
        this.tags = required == null ? TagSet.ALL : TagSet.of(required);
    }

    /**
     * Parses a selector. Null and blank text select every message.
     *
     * @throws SelectorException if the text is no selector, longer than {@link #TEXT_LENGTH_MAX}, or nested too deeply
     */
    public static Selector parse(@Nullable String text, Typing typing) throws SelectorException {
        if (text == null || text.isBlank()) {
            return new Selector("", typing, Literal.TRUE);
        }
        requireLength(text);
        return new Selector(text, typing, Folding.fold(Parser.parse(text, typing), typing));
    }

    static void requireLength(String text) throws SelectorException {
        if (text.length() > TEXT_LENGTH_MAX) {
            throw new SelectorException(
                    TEXT_LENGTH_MAX + 1,
                    "expected at most " + TEXT_LENGTH_MAX + " characters but found " + text.length());
        }
    }

    /**
     * Whether {@code name} is an identifier, so that a selector can ask for it: it begins and goes on as identifiers of Java do, and is none of the
     * reserved words, in any case (Jakarta Messaging 3.1 §3.8.1.1).
     */
    public static boolean isIdentifier(String name) {
        if (name.isEmpty() || !Character.isJavaIdentifierStart(name.codePointAt(0))) {
            return false;
        }
        for (int at = 0; at < name.length(); at += Character.charCount(name.codePointAt(at))) {
            if (!Character.isJavaIdentifierPart(name.codePointAt(at))) {
                return false;
            }
        }
        return Token.Kind.ofWord(name) == Token.Kind.IDENTIFIER;
    }

    /** Whether the message is selected: the condition is true for it, not false, unknown or failed. */
    public boolean matches(PropertySource message) {
        return Boolean.TRUE.equals(evaluator.value(message));
    }

    /** Whether every message is selected, so that none need be looked at. */
    public boolean matchesAll() {
        return tree.equals(Literal.TRUE);
    }

    /**
     * The tags a selected message can have, from what the selector says of {@code JMSType} (strict) or {@code TAGS} (coercing);
     * {@link TagSet#ALL} where it leaves them open. A message whose tag hash is not among them can be passed over unread; one whose hash is among
     * them still has to {@link #matches match}.
     */
    public TagSet tags() {
        return tags;
    }

    /**
     * A text that a property must have for the selector to be true.
     *
     * @param property not the one that {@link #tags} is about
     */
    public record RequiredText(String property, String text) {}

    /**
     * What {@code property = 'text'} requires, alone or joined to others by AND; null if the selector is no such thing. Many selectors that ask for the same
     * property can then be answered by one look at it.
     */
    public @Nullable RequiredText requiredText() {
        List<Expression> conditions = tree instanceof Expression.And and ? and.operands() : List.of(tree);
        for (Expression condition : conditions) {
            if (condition instanceof Expression.Comparison comparison
                    && comparison.relation() == Relation.EQUAL
                    && comparison.left() instanceof Expression.Property property
                    && comparison.right() instanceof Literal literal
                    && literal.value() instanceof String required
                    && !property.name().equals(typing.tagProperty())) {
                return new RequiredText(property.name(), required);
            }
        }
        return null;
    }

    /** The selector as it was given; "" for null and blank. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Selector that && typing == that.typing && tree.equals(that.tree);
    }

    @Override
    public int hashCode() {
        return tree.hashCode();
    }

    /** The selector after folding, for logs and people. */
    @Override
    public String toString() {
        return tree.toText();
    }
}
