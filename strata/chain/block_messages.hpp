#pragma once
// Blocks with the messages that belong to them. Source: docs/protocol/node.md §2 (lotus chain/types/fullblock.go).
#include <strata/types/block_header.hpp>

namespace strata::chain {

/// In the order of the block's two lists.
struct BlockMessages {
    std::vector<Message> bls;
    std::vector<SignedMessage> secp;
};

struct FullBlock {
    BlockHeader header;
    BlockMessages messages;
};

/// A message of a block with the length that its inclusion is billed for.
struct ChainMessage {
    Message message;
    std::size_t length = 0;
};

}  // namespace strata::chain
