// Puts pieces into sectors and fills the gaps. Source: docs/protocol/storage.md §1.3, §6.1.
#include <fmt/format.h>
#include <bit>

#include <strata/base/files.hpp>
#include <strata/proofs/piece/staging.hpp>
#include <strata/provider/sector_machine.hpp>

namespace strata::provider {
namespace {

/// How many deals a sector of up to 32 GiB may hold. Source: docs/protocol/storage.md §1.1.
constexpr std::size_t kMaxPieces = 256;
/// The padded size of the smallest piece, in bytes.
constexpr std::uint64_t kMinPieceSize = 128;
/// A ticket is drawn from so far back that no reorganisation changes it. Source: docs/protocol/storage.md §2.3 (3).
constexpr ChainEpoch kTicketLookback = kChainFinality;

bool has_room_for(const SectorRecord& record, const PieceInfo& piece, std::uint64_t sector_size) {
    return record.state == SectorState::accepting && record.pieces.size() < kMaxPieces &&
           record.next_offset(piece.size) + piece.size <= sector_size;
}

const SectorRecord* sector_of_deal(const SectorRecords& records, DealId deal) {
    for (const auto& [number, record] : records.all()) {
        if (record.state == SectorState::moved) continue;
        for (const auto& piece : record.pieces)
            if (piece.deal && piece.deal->id == deal) return &record;
    }
    return nullptr;
}

/// Appends zero pieces that cover `at` to `end`. A piece must start at a multiple of its size, so the largest one that
/// may start at `at` is the lowest set bit of `at` (any size may start at 0). It is halved until it ends at `end` or
/// before (lotus lib/filler).
void fill(std::vector<SectorPiece>& pieces, std::uint64_t at, std::uint64_t end) {
    while (at < end) {
        std::uint64_t size = at == 0 ? end : at & (~at + 1);
        while (at + size > end) size >>= 1;
        pieces.push_back({{size, proofs::piece_cid(proofs::zero_commitment(size))}, at, std::nullopt, /*filler=*/true});
        at += size;
    }
}

std::vector<SectorPiece> with_fillers(const std::vector<SectorPiece>& pieces, std::uint64_t sector_size) {
    std::vector<SectorPiece> out;
    std::uint64_t at = 0;
    for (const auto& piece : pieces) {
        if (piece.filler) continue;
        fill(out, at, piece.offset);
        out.push_back(piece);
        at = piece.offset + piece.info.size;
    }
    fill(out, at, sector_size);
    return out;
}

}  // namespace

// The lowest free number is taken: the actor keeps all numbers in a bit field, which is small while they have no gaps
// (docs/protocol/storage.md §2.7).
Result<SectorNumber> SectorMachine::free_number() const {
    STRATA_TRY(BitField taken, context_.chain.allocated_numbers());
    std::vector<std::uint64_t> ours;
    for (const auto& [number, record] : context_.records.all()) ours.push_back(number);
    taken |= BitField::of(std::move(ours));
    if (taken.empty() || !taken.contains(0)) return SectorNumber{0};
    return taken.ranges().front().end;
}

// Returns the first sector that still takes the piece, or a new one. Its record is not saved yet.
Result<SectorRecord> SectorMachine::open_sector(const PieceInfo& piece, ChainEpoch epoch) const {
    STRATA_TRY(const SectorSize size, sector_size(context_.config.seal_proof));
    const auto bytes = static_cast<std::uint64_t>(size);
    if (!std::has_single_bit(piece.size) || piece.size < kMinPieceSize || piece.size > bytes)
        return fail(Errc::invalid_argument,
                    fmt::format("the padded piece size is {} bytes, expected a power of two from {} to {}", piece.size,
                                kMinPieceSize, bytes));
    for (const auto& [number, record] : context_.records.all())
        if (has_room_for(record, piece, bytes)) return record;
    SectorRecord record;
    STRATA_TRY(record.number, free_number());
    record.proof = context_.config.seal_proof;
    record.data_number = record.number;
    record.since = epoch;
    return record;
}

Result<SectorNumber> SectorMachine::add_piece(const proofs::ReadBytes& read, const PieceInfo& piece,
                                              const std::optional<PieceDeal>& deal, ChainEpoch epoch) {
    if (deal) {
        if (const auto* known = sector_of_deal(context_.records, deal->id)) return known->number;
    }
    STRATA_TRY(auto record, open_sector(piece, epoch));
    const std::uint64_t offset = record.next_offset(piece.size);
    const auto staged = context_.files(record.number).unsealed;
    STRATA_OK(make_folders(staged.parent_path()));
    // If the process is killed or the piece is refused before the record is saved, the bytes written here belong to no
    // piece, and the next piece or clear_gaps() writes over them.
    STRATA_TRY(const auto committed, proofs::stage_piece(read, piece.size, staged, offset));
    if (proofs::piece_cid(committed.commitment) != piece.cid)
        return fail(Errc::invalid_argument,
                    fmt::format("the data has the piece commitment {}, expected {}",
                                proofs::piece_cid(committed.commitment).to_string(), piece.cid.to_string()));
    record.pieces.push_back({piece, offset, deal, /*filler=*/false});
    STRATA_OK(context_.records.save(record));
    return record.number;
}

Result<SectorNumber> SectorMachine::pledge(ChainEpoch epoch) {
    SectorRecord record;
    STRATA_TRY(record.number, free_number());
    record.proof = context_.config.seal_proof;
    record.data_number = record.number;
    record.since = epoch;
    record.state = SectorState::packing;
    STRATA_OK(context_.records.save(record));
    return record.number;
}

SectorMachine::Step SectorMachine::accept(SectorRecord& record) {
    STRATA_TRY(const SectorSize size, sector_size(record.proof));
    const bool full =
        record.next_offset(kMinPieceSize) >= static_cast<std::uint64_t>(size) || record.pieces.size() == kMaxPieces;
    const ChainEpoch end = record.since + context_.config.accept_delay;
    if (full || epoch_ >= end) return enter(record, SectorState::packing);
    wakeups_->wake_at(end);
    return false;
}

SectorMachine::Step SectorMachine::pack(SectorRecord& record) {
    for (const auto& piece : record.pieces) {
        if (piece.deal && piece.deal->start <= epoch_)
            return give_up(record,
                           fmt::format("deal {} started at epoch {}, but at epoch {} its sector is not sealed yet",
                                       piece.deal->id, piece.deal->start, epoch_));
    }
    STRATA_TRY(const SectorSize size, sector_size(record.proof));
    if (record.has_data()) {
        record.pieces = with_fillers(record.pieces, static_cast<std::uint64_t>(size));
    }
    STRATA_TRY(record.comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), record.piece_infos()));
    record.ticket_epoch = std::max<ChainEpoch>(0, context_.chain.head_epoch() - kTicketLookback);
    STRATA_TRY(record.ticket,
               context_.chain.ticket_randomness(chain::RandomnessTag::seal_randomness, record.ticket_epoch,
                                                /*with_miner=*/true));
    // A new ticket makes a different replica, so everything that was made with the old one is removed.
    record.comm_r = {};
    record.pre_commit_epoch = kEpochUndefined;
    drop_jobs(record.number);
    STRATA_OK(context_.prover->start_over(seal_work(record)));
    return enter(record, SectorState::pre_commit_1);
}

}  // namespace strata::provider
