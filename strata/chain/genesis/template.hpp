#pragma once
// Describes what a network begins with: names, accounts, miners and the sectors that they sealed before. Source:
// docs/protocol/node.md §22 (lotus genesis/types.go, cmd/lotus-seed).
#include <variant>

#include <strata/actors/market/types.hpp>
#include <strata/types/basic.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain {

struct GenesisAccount {
    Address owner;  // f1 or f3
};
struct GenesisMultisig {
    std::vector<Address> signers;  // f1 or f3; they get accounts of their own
    std::uint64_t threshold = 0;
    ChainEpoch vesting_duration = 0;
    ChainEpoch vesting_start = 0;
};
struct GenesisActor {
    std::variant<GenesisAccount, GenesisMultisig> kind;
    TokenAmount balance;
};

/// A sector that counts from the first epoch. Its deal is published and activated at genesis; the deal is verified and
/// lasts until the sector expires, whatever the proposal says.
struct GenesisSector {
    Cid comm_r;
    Cid comm_d;
    SectorNumber number = 0;
    RegisteredSealProof proof{};
    actors::market::DealProposal deal;
    wallet::PrivateKey deal_client_key;
};

struct GenesisMiner {
    Address id;  // f01000, f01001, ... in this order
    Address owner;
    Address worker;
    Bytes peer_id;
    TokenAmount market_balance;  // the worker's, moved to the miner's escrow
    TokenAmount power_balance;   // unused, as in Lotus
    SectorSize sector_size{};
    std::vector<GenesisSector> sectors;
};

struct GenesisTemplate {
    NetworkVersion network_version = kNewestGenesis;
    std::string network_name;
    std::uint64_t timestamp = 0;  // seconds
    std::vector<GenesisActor> accounts;
    std::vector<GenesisMiner> miners;
    GenesisActor verifreg_root;  // f080
    GenesisActor remainder;      // f090; its balance is what is left of the 2·10^9 FIL
};

/// The greatest number of accounts in a template: their IDs are f0100 to f0999.
inline constexpr std::size_t kMaxGenesisAccounts = 900;

/// Reads lotus-seed's genesis-template.json. Errors: malformed, with the path of the field that is wrong.
Result<GenesisTemplate> parse_genesis_template(std::string_view json);

}  // namespace strata::chain
