namespace FastRun.Native.Interop;

/// <summary>linux/netfilter/nf_tables.h.</summary>
internal static class NfTables
{
    internal const int NFT_MSG_NEWTABLE = 0;
    internal const int NFT_MSG_GETTABLE = 1;
    internal const int NFT_MSG_DELTABLE = 2;
    internal const int NFT_MSG_NEWCHAIN = 3;
    internal const int NFT_MSG_GETCHAIN = 4;
    internal const int NFT_MSG_DELCHAIN = 5;
    internal const int NFT_MSG_NEWRULE = 6;
    internal const int NFT_MSG_GETRULE = 7;
    internal const int NFT_MSG_DELRULE = 8;
    internal const int NFT_MSG_NEWSET = 9;
    internal const int NFT_MSG_DELSET = 11;
    internal const int NFT_MSG_NEWSETELEM = 12;
    internal const int NFT_MSG_GETSETELEM = 13;
    internal const int NFT_MSG_DELSETELEM = 14;

    internal const int NFT_REG_VERDICT = 0;
    internal const int NFT_REG32_00 = 8;

    internal const int NFT_JUMP = -3;
    internal const int NFT_GOTO = -4;
    internal const int NFT_RETURN = -5;

    internal const ushort NFTA_LIST_ELEM = 1;
    internal const ushort NFTA_HOOK_HOOKNUM = 1;
    internal const ushort NFTA_HOOK_PRIORITY = 2;

    internal const ushort NFTA_TABLE_NAME = 1;
    internal const ushort NFTA_TABLE_USERDATA = 6;

    internal const ushort NFTA_CHAIN_TABLE = 1;
    internal const ushort NFTA_CHAIN_NAME = 3;
    internal const ushort NFTA_CHAIN_HOOK = 4;
    internal const ushort NFTA_CHAIN_POLICY = 5;
    internal const ushort NFTA_CHAIN_TYPE = 7;

    internal const ushort NFTA_RULE_TABLE = 1;
    internal const ushort NFTA_RULE_CHAIN = 2;
    internal const ushort NFTA_RULE_EXPRESSIONS = 4;

    internal const int NFT_SET_INTERVAL = 0x4;
    internal const int NFT_SET_MAP = 0x8;
    internal const int NFT_SET_TIMEOUT = 0x10;
    internal const int NFT_SET_EVAL = 0x20;
    internal const uint NFT_DATA_VERDICT = 0xFFFFFF00;

    internal const ushort NFTA_SET_TABLE = 1;
    internal const ushort NFTA_SET_NAME = 2;
    internal const ushort NFTA_SET_FLAGS = 3;
    internal const ushort NFTA_SET_KEY_TYPE = 4;
    internal const ushort NFTA_SET_KEY_LEN = 5;
    internal const ushort NFTA_SET_DATA_TYPE = 6;
    internal const ushort NFTA_SET_DATA_LEN = 7;
    internal const ushort NFTA_SET_DESC = 9;
    internal const ushort NFTA_SET_DESC_SIZE = 1;
    internal const ushort NFTA_SET_ID = 10;
    internal const ushort NFTA_SET_USERDATA = 13;

    internal const int NFT_SET_ELEM_INTERVAL_END = 1;
    internal const ushort NFTA_SET_ELEM_KEY = 1;
    internal const ushort NFTA_SET_ELEM_DATA = 2;
    internal const ushort NFTA_SET_ELEM_FLAGS = 3;
    internal const ushort NFTA_SET_ELEM_TIMEOUT = 4;
    internal const ushort NFTA_SET_ELEM_EXPR = 7;
    internal const ushort NFTA_SET_ELEM_LIST_TABLE = 1;
    internal const ushort NFTA_SET_ELEM_LIST_SET = 2;
    internal const ushort NFTA_SET_ELEM_LIST_ELEMENTS = 3;

    internal const ushort NFTA_DATA_VALUE = 1;
    internal const ushort NFTA_DATA_VERDICT = 2;
    internal const ushort NFTA_VERDICT_CODE = 1;
    internal const ushort NFTA_VERDICT_CHAIN = 2;

    internal const ushort NFTA_EXPR_NAME = 1;
    internal const ushort NFTA_EXPR_DATA = 2;
    internal const ushort NFTA_IMMEDIATE_DREG = 1;
    internal const ushort NFTA_IMMEDIATE_DATA = 2;
    internal const ushort NFTA_BITWISE_SREG = 1;
    internal const ushort NFTA_BITWISE_DREG = 2;
    internal const ushort NFTA_BITWISE_LEN = 3;
    internal const ushort NFTA_BITWISE_MASK = 4;
    internal const ushort NFTA_BITWISE_XOR = 5;
    internal const int NFT_CMP_EQ = 0;
    internal const int NFT_CMP_NEQ = 1;
    internal const int NFT_CMP_LTE = 3;
    internal const int NFT_CMP_GTE = 5;
    internal const ushort NFTA_CMP_SREG = 1;
    internal const ushort NFTA_CMP_OP = 2;
    internal const ushort NFTA_CMP_DATA = 3;
    internal const int NFT_LOOKUP_F_INV = 1;
    internal const ushort NFTA_LOOKUP_SET = 1;
    internal const ushort NFTA_LOOKUP_SREG = 2;
    internal const ushort NFTA_LOOKUP_DREG = 3;
    internal const ushort NFTA_LOOKUP_FLAGS = 5;
    internal const ushort NFTA_PAYLOAD_DREG = 1;
    internal const ushort NFTA_PAYLOAD_BASE = 2;
    internal const ushort NFTA_PAYLOAD_OFFSET = 3;
    internal const ushort NFTA_PAYLOAD_LEN = 4;
    internal const ushort NFTA_PAYLOAD_SREG = 5;
    internal const ushort NFTA_PAYLOAD_CSUM_TYPE = 6;
    internal const ushort NFTA_PAYLOAD_CSUM_OFFSET = 7;
    internal const uint NFT_PAYLOAD_CSUM_INET = 1;
    internal const ushort NFTA_META_DREG = 1;
    internal const ushort NFTA_META_KEY = 2;
    internal const ushort NFTA_CT_DREG = 1;
    internal const ushort NFTA_CT_KEY = 2;
    internal const ushort NFTA_CT_SREG = 4;
    internal const ushort NFTA_TARGET_NAME = 1;
    internal const ushort NFTA_MATCH_NAME = 1;
    internal const ushort NFTA_COUNTER_PACKETS = 2;
    internal const int NFT_DYNSET_OP_ADD = 0;
    internal const ushort NFTA_DYNSET_SET_NAME = 1;
    internal const ushort NFTA_DYNSET_OP = 3;
    internal const ushort NFTA_DYNSET_SREG_KEY = 4;
    internal const ushort NFTA_DYNSET_EXPR = 7;
    internal const int NFT_REJECT_TCP_RST = 1;
    internal const int NFT_REJECT_ICMPX_UNREACH = 2;
    internal const byte NFT_REJECT_ICMPX_ADMIN_PROHIBITED = 3;
    internal const ushort NFTA_REJECT_TYPE = 1;
    internal const ushort NFTA_REJECT_ICMP_CODE = 2;
    internal const ushort NFTA_FIB_DREG = 1;
    internal const ushort NFTA_FIB_RESULT = 2;
    internal const ushort NFTA_FIB_FLAGS = 3;
    internal const int NFT_FIB_RESULT_ADDRTYPE = 3;
    internal const int NFTA_FIB_F_DADDR = 2;
    internal const ushort NFTA_LIMIT_RATE = 1;
    internal const ushort NFTA_LIMIT_UNIT = 2;
    internal const ushort NFTA_LIMIT_BURST = 3;
    internal const ushort NFTA_LOG_GROUP = 1;
    internal const ushort NFTA_LOG_PREFIX = 2;
    internal const ushort NFTA_LOG_SNAPLEN = 3;
    internal const int NFT_NAT_DNAT = 1;
    internal const ushort NFTA_NAT_TYPE = 1;
    internal const ushort NFTA_NAT_FAMILY = 2;
    internal const ushort NFTA_NAT_REG_ADDR_MIN = 3;
    internal const ushort NFTA_NAT_REG_PROTO_MIN = 5;
}
