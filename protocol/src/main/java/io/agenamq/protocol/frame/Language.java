// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

/** Implementation language that a peer states in its headers. The binary encoding carries
 * the code, JSON the name. */
public enum Language {
    JAVA(0),
    CPP(1),
    DOTNET(2),
    PYTHON(3),
    DELPHI(4),
    ERLANG(5),
    RUBY(6),
    OTHER(7),
    HTTP(8),
    GO(9),
    PHP(10),
    OMS(11),
    RUST(12),
    NODE_JS(13);

    private static final Language[] BY_CODE = values();

    private final int code;

    Language(int code) {
        this.code = code;
    }

    /** The wire code. */
    public int code() {
        return code;
    }

    /** The language with that wire code; {@link #OTHER} for one nobody has heard of. */
    public static Language of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : OTHER;
    }

    /** The wire code of the name in {@code bytes}; that of {@link #OTHER} for an unknown name. */
    static int codeOf(byte[] bytes, int start, int end) {
        for (Language language : BY_CODE) {
            String name = language.name();
            if (end - start == name.length() && Ascii.equals(bytes, start, name)) {
                return language.code;
            }
        }
        return OTHER.code;
    }
}
