// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.xa;

import io.agenamq.protocol.command.JmsBranch;
import java.util.Arrays;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** The identifier of a branch as a transaction manager gave it to us, given back. */
record BranchXid(JmsBranch branch) implements Xid {

    /** The branch of somebody's Xid. */
    static JmsBranch branchOf(@Nullable Xid xid) throws XAException {
        if (xid == null) {
            throw XaErrors.error(XAException.XAER_INVAL, "there is no Xid");
        }
        byte[] global = xid.getGlobalTransactionId();
        byte[] qualifier = xid.getBranchQualifier();
        boolean isXid = xid.getFormatId() != -1
                && global != null
                && global.length >= 1
                && global.length <= MAXGTRIDSIZE
                && (qualifier == null || qualifier.length <= MAXBQUALSIZE);
        if (!isXid) {
            throw XaErrors.error(
                    XAException.XAER_INVAL,
                    "an Xid has a format other than -1, a global transaction of 1 to 64 bytes, and a qualifier of at "
                            + "most 64");
        }
        return JmsBranch.xa(xid.getFormatId(), global, qualifier == null ? new byte[0] : qualifier);
    }

    @Override
    public int getFormatId() {
        return branch.formatId();
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return branch.globalTransaction();
    }

    @Override
    public byte[] getBranchQualifier() {
        return branch.qualifier();
    }

    /** Equal to any Xid of the same parts, as far as that asks for no more. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Xid that
                && getFormatId() == that.getFormatId()
                && Arrays.equals(getGlobalTransactionId(), that.getGlobalTransactionId())
                && Arrays.equals(getBranchQualifier(), that.getBranchQualifier());
    }

    @Override
    public int hashCode() {
        return branch.hashCode();
    }

    @Override
    public String toString() {
        return branch.toString();
    }
}
