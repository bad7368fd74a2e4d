// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PageDirectoryTest {

    @Test
    void an_empty_directory_knows_no_page() {
        assertThat(PageDirectory.EMPTY.slot(0)).isEqualTo(PageDirectory.NONE);
        assertThat(PageDirectory.EMPTY.bytes()).isZero();
    }

    @Test
    void a_directory_may_begin_at_any_page_and_grows_at_its_end() {
        PageDirectory directory = PageDirectory.EMPTY;

        for (int page = 7; page < 40; page++) {
            directory = directory.with(page, 100 + page);
        }

        assertThat(directory.slot(6)).isEqualTo(PageDirectory.NONE);
        assertThat(directory.slot(7)).isEqualTo(107);
        assertThat(directory.slot(39)).isEqualTo(139);
        assertThat(directory.slot(40)).isEqualTo(PageDirectory.NONE);
        assertThat(directory.count()).isEqualTo(33);
    }

    @Test
    void a_gap_between_pages_is_a_bug() {
        PageDirectory directory = PageDirectory.EMPTY.with(1, 5);

        assertThatThrownBy(() -> directory.with(3, 6)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void dropping_the_front_keeps_the_rest() {
        PageDirectory directory =
                PageDirectory.EMPTY.with(1, 11).with(2, 12).with(3, 13).with(4, 14);

        assertThat(directory.from(1)).isSameAs(directory);
        PageDirectory rest = directory.from(3);
        assertThat(rest.slot(2)).isEqualTo(PageDirectory.NONE);
        assertThat(rest.slot(3)).isEqualTo(13);
        assertThat(rest.with(5, 15).slot(5)).isEqualTo(15);
        assertThat(directory.from(9)).isSameAs(PageDirectory.EMPTY);
    }
}
