#pragma once
// Translates between Filecoin's addresses and Ethereum's. Source: docs/protocol/node.md §29 (lotus
// chain/types/ethtypes/eth_types.go).
#include <strata/types/basic.hpp>

namespace strata::chain {

using EthereumAddress = ByteArray<20>;

/// Returns true for an Ethereum address (20 bytes) that stands for an actor's ID: 0xff, eleven zeros and the ID.
/// Source: lotus chain/types/ethtypes/eth_types.go (IsMaskedID).
bool is_masked_id(BytesView address);
/// Returns the masked form of an ID.
EthereumAddress masked_id(ActorId id);

/// Returns the address in an f410 address, and the masked form of an ID address. Errors: invalid_argument for other
/// protocols and namespaces, and for an f410 address that contains a masked ID.
Result<EthereumAddress> ethereum_address(const Address& address);
/// Returns the ID address of a masked form, and otherwise the f410 address. Errors: malformed for an ID of 2^63 or more
/// (go-address, NewIDAddress).
Result<Address> filecoin_address(const EthereumAddress& address);

}  // namespace strata::chain
