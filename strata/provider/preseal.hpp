#pragma once
// Seals the sectors of a network's first miners, before there is a chain: random data, real layers and trees.
// Source: docs/protocol/node.md §22 (lotus cmd/lotus-seed/seed/seed.go), docs/protocol/storage.md §7 for the files.
#include <strata/base/watch.hpp>
#include <strata/chain/genesis/template.hpp>
#include <strata/provider/presealed_sector.hpp>

namespace strata::provider {

struct PresealOrder {
    ActorId miner = 0;
    RegisteredSealProof proof{};  // interactive V1P1: 5 (2 KiB), 6 (8 MiB), ...
    SectorNumber first = 0;
    std::uint64_t sectors = 2;
    std::filesystem::path folder;  // appears when all sectors are sealed
    std::string parent_cache;      // folder of parent tables; empty: in memory
};

/// Seals the sectors in order. Tickets and data depend on 32 bytes from `random`, so the same bytes and the same order
/// give the same sectors. A run that was killed or cancelled leaves its work in "`folder`.unfinished", and the next run
/// continues there. A finished folder is only read. The data itself is not kept. Only one process may use a folder.
/// Errors: invalid_argument for the wrong kind of proof, or a folder that was made for a different order; io;
/// cancelled.
Result<std::vector<PresealedSector>> preseal(const PresealOrder& order, crypto::RandomSource& random,
                                             const Watch& watch = {});

/// Describes the sectors as a genesis template does: each has a deal over all of its data, free of charge, between
/// `miner` and the owner of `client`, who must be among the template's accounts. lotus-seed uses the worker's key.
Result<std::vector<chain::GenesisSector>> genesis_sectors(std::span<const PresealedSector> sectors,
                                                          const Address& miner, const wallet::PrivateKey& client);

}  // namespace strata::provider
