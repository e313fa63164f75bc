#pragma once
// Ethereum addresses as the EVM and the Ethereum address manager see them. An actor without an Ethereum address is
// seen under its masked ID: 0xff, eleven zeros, and the ID in eight bytes. Source: builtin-actors
// actors/evm/shared/src/address.rs.
#include <optional>

#include <strata/types/basic.hpp>

namespace strata::actors::eam {

using EthAddress = ByteArray<20>;

inline EthAddress masked_id(ActorId id) {
    EthAddress out{0xff};
    store_be(out.data() + 12, id);
    return out;
}

/// Returns true if the bytes from `begin` up to, but not including, `end` are 0.
inline bool zero_between(const EthAddress& address, std::size_t begin, std::size_t end) {
    return std::ranges::all_of(std::span(address).subspan(begin, end - begin), [](auto byte) { return byte == 0; });
}

/// Returns the ID of a masked ID; empty for every other address.
inline std::optional<ActorId> unmasked_id(const EthAddress& address) {
    if (address[0] != 0xff || !zero_between(address, 1, 12)) return std::nullopt;
    return load_be<std::uint64_t>(address.data() + 12);
}

/// Returns true for 0x00 or 0xfe, 18 zeros and one free byte: the ranges of precompiled contracts, which no actor can
/// have. The null address is among them.
inline bool in_precompile_range(const EthAddress& address) {
    return (address[0] == 0x00 || address[0] == 0xfe) && zero_between(address, 1, 19);
}

/// Returns the f0 address of a masked ID, otherwise the f410 address.
inline Address to_address(const EthAddress& address) {
    const auto id = unmasked_id(address);
    return id ? Address::id(*id) : Address::delegated(kEamId, address);
}

}  // namespace strata::actors::eam
