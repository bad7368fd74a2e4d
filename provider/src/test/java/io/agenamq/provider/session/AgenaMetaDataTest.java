// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;

class AgenaMetaDataTest {

    private final AgenaMetaData metaData = new AgenaMetaData();

    @Test
    void the_versions_agree_with_their_parts() {
        assertThat(metaData.getJMSVersion()).isEqualTo("3.1");
        assertThat(metaData.getJMSMajorVersion()).isEqualTo(3);
        assertThat(metaData.getJMSMinorVersion()).isEqualTo(1);
        assertThat(metaData.getJMSProviderName()).isNotBlank();
        assertThat(metaData.getProviderVersion())
                .startsWith(metaData.getProviderMajorVersion() + "." + metaData.getProviderMinorVersion());
    }

    @Test
    void the_properties_that_messages_have_or_keep_are_listed() {
        assertThat(Collections.list(metaData.getJMSXPropertyNames()))
                .containsExactlyInAnyOrder("JMSXDeliveryCount", "JMSXGroupID", "JMSXGroupSeq");
    }
}
