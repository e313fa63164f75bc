#pragma once
// A sector folder as `strata proofs seal` leaves it: cache/, sealed, and sector.json, written last, which says what a
// PoSt must know of it.
#include <filesystem>

#include <strata/proofs/porep/seal.hpp>

namespace strata::cli {

struct SectorFolder {
    std::filesystem::path root;

    std::filesystem::path cache() const { return root / "cache"; }
    std::filesystem::path staged() const { return root / "staged"; }
    std::filesystem::path sealed() const { return root / "sealed"; }
    std::filesystem::path record() const { return root / "sector.json"; }
};

struct SectorRecord {
    std::uint64_t sector_size = 0;
    ActorId miner = 0;
    SectorNumber number = 0;
    Hash256 comm_r{};
};

Status write_record(const SectorFolder& folder, const SectorRecord& record);
/// Errors: not_found, malformed.
Result<SectorRecord> read_record(const SectorFolder& folder);

/// 32 bytes of hexadecimal. Errors: malformed, naming `what`.
Result<Hash256> parse_hash(std::string_view text, std::string_view what);
/// One list of hexadecimal field elements for each partition.
std::vector<std::vector<std::string>> hex_inputs(std::span<const std::vector<crypto::Fr>> inputs);

}  // namespace strata::cli
