// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things are in the checkout that the tests run from. */
public final class Checkout {

    private Checkout() {}

    /** The directory that has {@code .mvn}, at or above the working directory. */
    public static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(".mvn"))) {
                return at;
            }
        }
        throw new IllegalStateException("not inside a checkout: " + Path.of("").toAbsolutePath());
    }

    /** The class path of a module with its own one: its classes and the jars that the build wrote to {@code target/classpath.txt}. */
    public static String classPath(String module) {
        Path target = root().resolve(module).resolve("target");
        Path file = target.resolve("classpath.txt");
        try {
            return target.resolve("classes")
                    + File.pathSeparator
                    + Files.readString(file).strip();
        } catch (IOException missing) {
            throw new UncheckedIOException(
                    "no " + file + ": run 'mvn -f " + module + "/pom.xml generate-resources'", missing);
        }
    }
}
