// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells right passwords from wrong ones.
 *
 * <p>A wrong password, and a name that nobody has, cost as much as the hash of a right one, so that time tells nothing about who there is. A
 * right one costs that once: then a code of it under a key that only this process knows is remembered, so that a fleet of clients that
 * reconnects is not kept waiting for its hashes. Any thread.
 */
final class PasswordCheck {

    private static final String CODE = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final SecretKeySpec key;
    private final SecureRandom random;
    private final ConcurrentMap<String, byte[]> passed = new ConcurrentHashMap<>();
    private volatile @Nullable PasswordHash nobody;

    PasswordCheck(SecureRandom random) {
        this.random = random;
        byte[] secret = new byte[KEY_BYTES];
        random.nextBytes(secret);
        this.key = new SecretKeySpec(secret, CODE);
    }

    /** The hash that {@code password} was checked against, null if it is wrong or there is no such user. */
    @Nullable
    PasswordHash check(Users users, String name, char[] password) {
        PasswordHash hash = users.password(name);
        if (hash == null) {
            passed.remove(name);
            var unused = nobody(users.roundsMax()).matches(password);
            return null;
        }
        byte[] code = code(hash, password);
        byte[] known = passed.get(name);
        if (known != null && MessageDigest.isEqual(known, code)) {
            return hash;
        }
        if (!hash.matches(password)) {
            return null;
        }
        passed.put(name, code);
        return hash;
    }

    private PasswordHash nobody(int rounds) {
        PasswordHash now = nobody;
        if (now == null || now.rounds() != rounds) {
            now = PasswordHash.ofNobody(rounds, random);
            nobody = now;
        }
        return now;
    }

    /** Depends on the hash, too, so that an old password is forgotten when there is a new one. */
    private byte[] code(PasswordHash hash, char[] password) {
        try {
            Mac mac = Mac.getInstance(CODE);
            mac.init(key);
            mac.update(hash.text().getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) 0);
            mac.update(new String(password).getBytes(StandardCharsets.UTF_8));
            return mac.doFinal();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java 17 has " + CODE, impossible);
        }
    }
}
