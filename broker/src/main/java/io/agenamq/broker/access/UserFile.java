// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import io.agenamq.store.disk.OwnerFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The file {@value #NAME} in the data folder of a broker, in which its {@link Users} are kept. Any thread, any process. */
public final class UserFile {

    /** Its name. */
    public static final String NAME = "users";

    private final OwnerFile file;

    private UserFile(OwnerFile file) {
        this.file = file;
    }

    /** The users of the broker whose data is in a folder; it need not exist. */
    public static UserFile in(Path dataDirectory) {
        return new UserFile(new OwnerFile(dataDirectory.resolve(NAME)));
    }

    /**
     * Who there is.
     *
     * @throws IOException if it cannot be read or makes no sense, in which case the message says where
     */
    public Users read() throws IOException {
        return parse(file.read());
    }

    private Users parse(byte[] content) throws IOException {
        try {
            return Users.parse(new String(content, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException wrong) {
            throw new IOException(file + ", " + wrong.getMessage(), wrong);
        }
    }

    /** Another text after every change. */
    String version() throws IOException {
        return file.version();
    }

    /** Changes who there is, durably; brokers notice by themselves. */
    public void change(UnaryOperator<Users> change) throws IOException {
        // Read first: a file that makes no sense must not be replaced by one that does.
        read();
        file.change(content -> {
            Users now = Users.parse(new String(content, StandardCharsets.UTF_8));
            return change.apply(now).text().getBytes(StandardCharsets.UTF_8);
        });
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
