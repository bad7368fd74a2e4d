// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What every {@link Disk} does. */
abstract class DiskContract {

    /** An empty disk. */
    abstract Disk disk() throws IOException;

    /** Another disk on the same directory, as another process would have it. */
    abstract Disk sameDirectory(Disk disk) throws IOException;

    @Test
    void what_was_written_is_read_at_the_same_place() throws IOException {
        try (DiskFile file = disk().create("a")) {
            write(file, 0, "hello world");
            write(file, 6, "there");

            assertThat(read(file, 0, 11)).isEqualTo("hello there");
            assertThat(read(file, 6, 5)).isEqualTo("there");
            assertThat(file.size()).isEqualTo(11);
        }
    }

    @Test
    void a_read_ends_where_the_file_does() throws IOException {
        try (DiskFile file = disk().create("a")) {
            write(file, 0, "hello");

            ByteBuffer buffer = ByteBuffer.allocate(10);
            assertThat(file.read(2, buffer)).isEqualTo(3);
            assertThat(buffer.position()).isEqualTo(3);
            assertThat(file.read(5, buffer)).isZero();
            assertThat(file.read(50, buffer)).isZero();
            assertThatThrownBy(() -> file.readFully(0, ByteBuffer.allocate(6)))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("a ends at 5");
        }
    }

    @Test
    void a_gap_is_filled_with_zeros() throws IOException {
        try (DiskFile file = disk().create("a")) {
            write(file, 3, "x");

            assertThat(read(file, 0, 4)).isEqualTo("\0\0\0x");
        }
    }

    @Test
    void a_truncated_file_has_zeros_where_it_grows_again() throws IOException {
        try (DiskFile file = disk().create("a")) {
            write(file, 0, "hello");
            file.truncate(100);
            assertThat(file.size()).isEqualTo(5);

            file.truncate(2);
            write(file, 4, "x");

            assertThat(read(file, 0, 5)).isEqualTo("he\0\0x");
        }
    }

    @Test
    void the_position_of_a_buffer_moves_by_what_was_written() throws IOException {
        try (DiskFile file = disk().create("a")) {
            ByteBuffer bytes = ByteBuffer.wrap("-hello-".getBytes(StandardCharsets.UTF_8));
            bytes.position(1).limit(6);

            int count = file.write(0, bytes);

            assertThat(count).isPositive();
            assertThat(bytes.position()).isEqualTo(1 + count);
            file.writeFully(count, bytes);
            assertThat(bytes.hasRemaining()).isFalse();
            assertThat(read(file, 0, 5)).isEqualTo("hello");
        }
    }

    @Test
    void direct_and_read_only_buffers_are_as_good_as_any() throws IOException {
        try (DiskFile file = disk().create("a")) {
            file.writeFully(
                    0,
                    ByteBuffer.allocateDirect(3)
                            .put((byte) 'a')
                            .put((byte) 'b')
                            .put((byte) 'c')
                            .flip());
            file.writeFully(3, ByteBuffer.wrap(new byte[] {'d'}).asReadOnlyBuffer());
            ByteBuffer direct = ByteBuffer.allocateDirect(4);
            file.readFully(0, direct);

            assertThat(StandardCharsets.UTF_8.decode(direct.flip()).toString()).isEqualTo("abcd");
        }
    }

    @Test
    void a_mapping_shows_what_is_written_later_and_survives_closing_and_deletion() throws IOException {
        Disk disk = disk();
        DiskFile file = disk.create("a");
        write(file, 0, "hello world");

        DiskMapping mapping = file.map(0, 11);
        write(file, 6, "there");
        file.close();
        disk.delete("a");

        byte[] bytes = new byte[11];
        mapping.buffer().get(0, bytes);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("hello there");
        assertThat(mapping.buffer().isReadOnly()).isTrue();
        mapping.unmap();
    }

    @Test
    void more_than_the_file_cannot_be_mapped() throws IOException {
        try (DiskFile file = disk().create("a")) {
            write(file, 0, "hello");

            assertThatIOException().isThrownBy(() -> file.map(0, 6));
        }
    }

    @Test
    void files_are_created_once_and_opened_if_they_exist() throws IOException {
        Disk disk = disk();
        disk.create("a").close();

        assertThat(disk.exists("a")).isTrue();
        assertThat(disk.exists("b")).isFalse();
        assertThatThrownBy(() -> disk.create("a")).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.delete("b")).isInstanceOf(NoSuchFileException.class);
        disk.open("a").close();
    }

    @Test
    void directories_list_their_files_in_order() throws IOException {
        Disk disk = disk();
        disk.createDirectory("x/y");
        disk.createDirectory("x/y");
        disk.create("x/y/2").close();
        disk.create("x/y/1").close();
        disk.create("x/3").close();

        assertThat(disk.list("x/y")).containsExactly("1", "2");
        assertThat(disk.list("x")).containsExactly("3");
        assertThat(disk.list("nothing")).isEmpty();
        assertThat(disk.exists("x/y")).isTrue();
        disk.forceDirectory("x/y");
        disk.forceDirectory("");
    }

    @Test
    void a_rename_replaces_the_file_of_that_name() throws IOException {
        Disk disk = disk();
        try (DiskFile a = disk.create("a");
                DiskFile b = disk.create("b")) {
            write(a, 0, "new");
            write(b, 0, "old");
        }

        disk.rename("a", "b");

        assertThat(disk.exists("a")).isFalse();
        try (DiskFile b = disk.open("b")) {
            assertThat(read(b, 0, 3)).isEqualTo("new");
        }
    }

    @Test
    void names_cannot_leave_the_directory() throws IOException {
        Disk disk = disk();
        for (String name : new String[] {
            "",
            "..",
            ".",
            "../x",
            "a/../b",
            "/etc/passwd",
            "a//b",
            "a/",
            "nul\0",
            "sp ace",
            "ä",
            "back\\slash",
            "x".repeat(300)
        }) {
            assertThatThrownBy(() -> disk.open(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> disk.create(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> disk.delete(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> disk.rename("a", name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_closed_file_refuses_everything() throws IOException {
        DiskFile file = disk().create("a");
        file.close();

        assertThatThrownBy(() -> write(file, 0, "x")).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> read(file, 0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::force).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void a_locked_directory_is_refused_with_the_owner_until_it_is_closed() throws IOException {
        Disk first = disk();
        first.lock();

        Disk second = sameDirectory(first);
        assertThatThrownBy(second::lock)
                .isInstanceOf(StoreInUseException.class)
                .hasMessageContaining(
                        "in use by process " + ProcessHandle.current().pid());
        first.close();
        second.lock();
        second.close();
    }

    @Test
    void space_is_known() throws IOException {
        Disk disk = disk();

        assertThat(disk.totalBytes()).isPositive();
        assertThat(disk.freeBytes()).isBetween(0L, disk.totalBytes());
    }

    static void write(DiskFile file, long at, String text) throws IOException {
        file.writeFully(at, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    static String read(DiskFile file, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.readFully(at, bytes);
        return new String(bytes.array(), StandardCharsets.UTF_8);
    }
}
