#include <strata/provider/sector_record.hpp>

#include <fmt/format.h>

namespace strata::provider {

// A state that Lotus has too has Lotus' name, which people and tools know (docs/protocol/storage.md §6.1).
std::string_view sector_state_name(SectorState state) {
    switch (state) {
        case SectorState::accepting:
            return "Accepting";
        case SectorState::packing:
            return "Packing";
        case SectorState::pre_commit_1:
            return "PreCommit1";
        case SectorState::pre_commit_2:
            return "PreCommit2";
        case SectorState::pre_commit:
            return "PreCommit";
        case SectorState::wait_seed:
            return "WaitSeed";
        case SectorState::commit:
            return "Committing";
        case SectorState::prove_commit:
            return "ProveCommit";
        case SectorState::finalizing:
            return "FinalizeSector";
        case SectorState::proving:
            return "Proving";
        case SectorState::failed:
            return "Failed";
        case SectorState::moved:
            return "Moved";
        case SectorState::ended:
            return "Ended";
    }
    return "Unknown";
}

bool SectorRecord::has_data() const {
    return std::ranges::any_of(pieces, [](const SectorPiece& piece) { return !piece.filler; });
}

std::vector<PieceInfo> SectorRecord::piece_infos() const {
    std::vector<PieceInfo> out;
    for (const auto& piece : pieces) out.push_back(piece.info);
    return out;
}

std::uint64_t SectorRecord::next_offset(std::uint64_t padded_size) const {
    const std::uint64_t end = pieces.empty() ? 0 : pieces.back().offset + pieces.back().info.size;
    return (end + padded_size - 1) / padded_size * padded_size;
}

SectorRecords::SectorRecords(store::KeyValue& store, ActorId miner)
    : store_(store), prefix_(fmt::format("provider/{}/sector/", miner)) {}

Status SectorRecords::load() {
    records_.clear();
    return store_.for_each(prefix_, [&](std::string_view, BytesView value) -> Result<bool> {
        STRATA_TRY(auto record, from_cbor<SectorRecord>(value));
        const SectorNumber number = record.number;
        records_.insert_or_assign(number, std::move(record));
        return true;
    });
}

const SectorRecord* SectorRecords::find(SectorNumber number) const {
    const auto it = records_.find(number);
    return it == records_.end() ? nullptr : &it->second;
}

Status SectorRecords::save(std::span<const SectorRecord> records) {
    std::vector<store::Write> batch;
    for (const auto& record : records)
        batch.push_back({fmt::format("{}{:020}", prefix_, record.number), to_cbor(record)});
    STRATA_OK(store_.write(batch));
    for (const auto& record : records) records_.insert_or_assign(record.number, record);
    return {};
}

}  // namespace strata::provider
