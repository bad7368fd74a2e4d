// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.agenamq.protocol.Seeds;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for all selectors, tried with arbitrary ones. */
class SelectorPropertiesTest {

    private static final int SEED_COUNT = 20;
    private static final int TREE_COUNT = 500;
    private static final int MESSAGE_COUNT = 5;
    private static final String ALPHABET = "ab019.eEfLx_$%'()=<>+-*/,! \t\nüß\u0000\u0007🚀";

    @ParameterizedTest
    @EnumSource
    void a_tree_written_and_parsed_is_the_same_tree(Typing typing) {
        forEachTree(typing, (random, selectors, tree) -> {
            assertThat(parsed(tree.toText(), typing)).as(tree.toText()).isEqualTo(tree);
        });
    }

    @ParameterizedTest
    @EnumSource
    void the_compiled_selector_and_the_model_agree(Typing typing) {
        forEachTree(typing, (random, selectors, tree) -> {
            Evaluator compiled = Compiler.compileCondition(tree, typing);
            for (int i = 0; i < MESSAGE_COUNT; i++) {
                Map<String, Object> message = selectors.message();
                assertThat(compiled.value(message::get))
                        .as("%s on %s", tree.toText(), message)
                        .isEqualTo(model(tree, typing, message));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void folding_changes_no_outcome(Typing typing) {
        forEachTree(typing, (random, selectors, tree) -> {
            Evaluator unfolded = Compiler.compileCondition(tree, typing);
            Expression foldedTree = Folding.fold(tree, typing);
            Evaluator folded = Compiler.compileCondition(foldedTree, typing);
            for (int i = 0; i < MESSAGE_COUNT; i++) {
                Map<String, Object> message = selectors.message();
                assertThat(folded.value(message::get))
                        .as("%s as %s on %s", tree.toText(), foldedTree.toText(), message)
                        .isEqualTo(unfolded.value(message::get));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void folding_twice_is_folding_once(Typing typing) {
        forEachTree(typing, (random, selectors, tree) -> {
            Expression folded = Folding.fold(tree, typing);
            assertThat(Folding.fold(folded, typing)).as(tree.toText()).isEqualTo(folded);
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_selected_message_has_one_of_the_tags(Typing typing) {
        forEachTree(typing, (random, selectors, tree) -> {
            Selector selector = Selector.parse(tree.toText(), typing);
            for (int i = 0; i < MESSAGE_COUNT; i++) {
                Map<String, Object> message = selectors.message();
                if (selector.matches(message::get) && !selector.tags().isAll()) {
                    Object tag = message.get(typing.tagProperty());
                    assertThat(selector.tags().tags()).as(tree.toText()).contains((String) tag);
                    assertThat(selector.tags().mayContain(tag.hashCode())).isTrue();
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_damaged_selector_is_refused_or_means_what_it_says(Typing typing) {
        forEachTree(typing, (random, selectors, tree) -> {
            String text = damaged(tree.toText(), random);
            Selector selector;
            try {
                selector = Selector.parse(text, typing);
            } catch (SelectorException refusal) {
                assertThat(refusal.column()).as(text).isBetween(1, text.length() + 1);
                return;
            }
            if (!text.isBlank()) {
                Expression parsed = Parser.parse(text, typing);
                assertThat(parsed(parsed.toText(), typing)).as(text).isEqualTo(parsed);
            }
            selector.matches(selectors.message()::get);
        });
    }

    private interface Check {
        void check(Random random, RandomSelectors selectors, Expression tree) throws SelectorException;
    }

    private static void forEachTree(Typing typing, Check check) {
        Seeds.forEach(SEED_COUNT, random -> {
            RandomSelectors selectors = new RandomSelectors(random, typing);
            for (int i = 0; i < TREE_COUNT; i++) {
                try {
                    check.check(random, selectors, selectors.condition(random.nextInt(5)));
                } catch (SelectorException refusal) {
                    throw new AssertionError(refusal);
                }
            }
        });
    }

    private static Expression parsed(String text, Typing typing) throws SelectorException {
        return Parser.parse(text, typing);
    }

    private static Object model(Expression tree, Typing typing, Map<String, Object> message) {
        try {
            return new ModelEvaluator(typing, message).condition(tree);
        } catch (ModelEvaluator.Failed failed) {
            return Evaluator.FAILED;
        }
    }

    private static String damaged(String text, Random random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(damaged.length() + 1);
            int end = Math.min(damaged.length(), at + 1 + random.nextInt(3));
            switch (random.nextInt(4)) {
                case 0 -> damaged.delete(at, end);
                case 1 -> damaged.insert(at, damaged.substring(at, end));
                case 2 -> damaged.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                default -> damaged.replace(at, end, String.valueOf((char) random.nextInt(Character.MAX_VALUE)));
            }
        }
        return damaged.toString();
    }
}
