// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users as a running broker knows them: those of its file, read again when it has changed, and those that were given by whoever started
 * it. A file that cannot be read any more leaves everything as it was, and says so in the log. Any thread; reads the disk.
 */
public final class UserDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(UserDirectory.class);

    private final UserFile file;
    private final @Nullable String givenName;
    private final @Nullable PasswordHash given;
    private String version;
    private Users users;

    private UserDirectory(UserFile file, @Nullable String givenName, @Nullable PasswordHash given) throws IOException {
        this.file = file;
        this.givenName = givenName;
        this.given = given;
        version = file.version();
        users = withGiven(file.read());
    }

    /**
     * The users of a file.
     *
     * @throws IOException if it is there and cannot be understood
     */
    public static UserDirectory of(UserFile file) throws IOException {
        return new UserDirectory(file, null, null);
    }

    /** The same and one more, who stands in no file. */
    public static UserDirectory of(UserFile file, String name, PasswordHash password) throws IOException {
        return new UserDirectory(file, name, password);
    }

    private Users withGiven(Users read) {
        return givenName == null || given == null ? read : read.with(givenName, given);
    }

    /** Who there is now. */
    synchronized Users users() {
        try {
            String now = file.version();
            if (!now.equals(version)) {
                // Also if it cannot be read: once is enough to say so.
                version = now;
                users = withGiven(file.read());
                LOG.info("read {} again: {}", file, users);
            }
        } catch (IOException unreadable) {
            LOG.warn("the users stay as they were: {}", unreadable.getMessage());
        }
        return users;
    }
}
