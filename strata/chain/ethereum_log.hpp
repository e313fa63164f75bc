#pragma once
// Events of actors as Ethereum logs, and the bloom filters over logs. Source: lotus chain/types/ethtypes/eth_types.go
// (EthLogFromEvent, EthBloomSet); the Ethereum yellow paper §4.3.1 for the filter.
#include <strata/chain/ethereum_address.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::chain {

/// The most topics of a log: the EVM has the instructions LOG0 to LOG4.
inline constexpr std::size_t kMostTopics = 4;

struct EthereumLog {
    std::vector<Hash256> topics;  // at most kMostTopics
    Bytes data;
};

/// Returns an event as a log: entries with the keys t1 to t4 are topics, that with the key d is the data, and others
/// are left out. Empty for an event that is not a log: an entry is not raw bytes, a topic does not have 32 bytes, a
/// topic or the data is there twice, or a topic is skipped.
std::optional<EthereumLog> ethereum_log(const std::vector<vm::EventEntry>& entries);

/// A Bloom filter of 2,048 bits over the emitters and topics of logs.
struct EthereumBloom {
    ByteArray<256> bits{};

    void add(BytesView item);
    void add(const EthereumAddress& emitter, const EthereumLog& log);
    friend bool operator==(const EthereumBloom&, const EthereumBloom&) = default;
};

}  // namespace strata::chain
