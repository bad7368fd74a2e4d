// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.KeySpec;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What is kept of a password: PBKDF2 with HMAC-SHA256 (RFC 8018), with a salt of its own and the number of rounds that it was made with, so
 * that the number can be raised for new passwords. Written as
 *
 * <pre>
 *   pbkdf2-sha256:600000:SALT:HASH       salt and hash in Base64, 16 and 32 bytes
 * </pre>
 *
 * <p>Immutable; prints nothing of itself.
 */
public final class PasswordHash {

    /** How it is written, up to the first colon. */
    static final String SCHEME = "pbkdf2-sha256";

    /** Rounds for new passwords: some tenths of a second for whoever guesses. */
    public static final int ROUNDS = 600_000;

    /** More would be an attack on the broker's own processors. */
    private static final int ROUNDS_MAX = 100_000_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** The hash of a new password. Takes as long as the rounds take. */
    public static PasswordHash of(char[] password, int rounds, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(rounds, salt, derive(password, salt, rounds));
    }

    /** One that no password has, which takes as long to find out. */
    static PasswordHash ofNobody(int rounds, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        byte[] hash = new byte[HASH_BYTES];
        random.nextBytes(salt);
        random.nextBytes(hash);
        return new PasswordHash(rounds, salt, hash);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is something else; the message does not repeat it
     */
    static PasswordHash parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 4 || !parts[0].equals(SCHEME)) {
            throw new IllegalArgumentException("no " + SCHEME + ":ROUNDS:SALT:HASH");
        }
        try {
            int rounds = Integer.parseInt(parts[1]);
            byte[] salt = Base64.getDecoder().decode(parts[2]);
            byte[] hash = Base64.getDecoder().decode(parts[3]);
            if (rounds < 1 || rounds > ROUNDS_MAX || salt.length == 0 || hash.length != HASH_BYTES) {
                throw new IllegalArgumentException("rounds, salt or hash of an impossible size");
            }
            return new PasswordHash(rounds, salt, hash);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("a number of rounds that is no number", malformed);
        }
    }

    /** Whether this is the hash of {@code password}. Takes as long whether it is or not. */
    boolean matches(char[] password) {
        return MessageDigest.isEqual(hash, derive(password, salt, rounds));
    }

    int rounds() {
        return rounds;
    }

    private static byte[] derive(char[] password, byte[] salt, int rounds) {
        try {
            KeySpec key = new PBEKeySpec(password, salt, rounds, HASH_BYTES * Byte.SIZE);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java 17 has PBKDF2WithHmacSHA256", impossible);
        }
    }

    /** How it stands in the file. */
    String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return SCHEME + ":" + rounds + ":" + base64.encodeToString(salt) + ":" + base64.encodeToString(hash);
    }

    @Override
    public String toString() {
        return SCHEME;
    }
}
