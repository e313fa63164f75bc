#include <strata/provider/disk_sealer.hpp>

#include <strata/base/mapped_file.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;

bool is_zeros(const PieceInfo& piece) {
    return piece.cid == proofs::piece_cid(proofs::zero_commitment(piece.size));
}

/// Writes zeros into the gaps between the pieces. A piece that was being staged when the program was killed may have
/// left data there, but CommD is computed from zeros.
Status clear_gaps(const fs::path& staged, std::span<const PieceInfo> pieces) {
    std::uint64_t at = 0, end = 0;  // `end`: where the last piece with data ends
    for (const auto& piece : pieces) {
        at += piece.size;
        if (!is_zeros(piece)) end = at;
    }
    if (end == 0) {
        STRATA_OK(MappedFile::create(staged, 0));  // sealing reads zeros beyond the end of the file
        return {};
    }
    STRATA_OK(set_file_size(staged, end));
    STRATA_TRY(auto file, MappedFile::open_writable(staged));
    at = 0;
    for (const auto& piece : pieces) {
        if (is_zeros(piece) && at < end) std::ranges::fill(file.writable().subspan(at, piece.size), std::uint8_t{0});
        at += piece.size;
    }
    return file.sync();
}

/// Appends the trailer that makes the file a partial file as Lotus reads it: the data is followed by a bit field of the
/// ranges that are present, here all of them, and by the length of that bit field (docs/protocol/storage.md §7).
Status mark_complete(const fs::path& unsealed, std::uint64_t sector_size) {
    const Bytes filled = BitField::range(0, sector_size).to_rle_plus();
    ByteArray<4> length;
    store_le(length.data(), static_cast<std::uint32_t>(filled.size()));
    STRATA_OK(set_file_size(unsealed, sector_size + filled.size() + length.size()));
    STRATA_TRY(auto file, MappedFile::open_writable(unsealed));
    const auto trailer = file.writable().subspan(sector_size);
    std::ranges::copy(filled, trailer.begin());
    std::ranges::copy(length, trailer.begin() + static_cast<std::ptrdiff_t>(filled.size()));
    return file.sync();
}

}  // namespace

Result<DiskSealer::Sealing> DiskSealer::sealing_of(const SealWork& work) const {
    STRATA_TRY(const auto config, proofs::SealConfig::of(work.proof));
    return Sealing{{config, proofs::prover_id_of(work.miner), work.number, work.ticket},
                   {work.files.cache, work.files.unsealed, work.files.sealed, parent_cache_}};
}

Watch DiskSealer::watch(const SealWork& work, const Stop& stop) const {
    if (!progress_) return {{}, &stop};
    return {[this, sector = "sector " + std::to_string(work.number) + ": "](std::string_view step, double done) {
                progress_(sector + std::string(step), done);
            },
            &stop};
}

Status DiskSealer::pre_commit_1(const SealWork& work, const Stop& stop) {
    STRATA_TRY(const auto sealing, sealing_of(work));
    for (const auto& folder : {work.files.cache, work.files.sealed.parent_path(), work.files.unsealed.parent_path()})
        STRATA_OK(make_folders(folder));
    // An attempt that was killed may have left unfinished files of any length.
    STRATA_OK(remove_unfinished(work.files.cache));
    STRATA_OK(remove_unfinished(work.files.sealed.parent_path()));
    STRATA_OK(clear_gaps(work.files.unsealed, work.pieces));
    STRATA_TRY(const auto done,
               proofs::seal_pre_commit_phase1(sealing.subject, sealing.paths, work.pieces, watch(work, stop)));
    if (done.comm_d != work.comm_d)
        return fail(Errc::verification, "the data in " + work.files.unsealed.string() + " has CommD " +
                                            proofs::piece_cid(done.comm_d).to_string() + ", expected " +
                                            proofs::piece_cid(work.comm_d).to_string() + " from the sector's pieces");
    return {};
}

Result<Hash256> DiskSealer::pre_commit_2(const SealWork& work, const Stop& stop) {
    STRATA_TRY(const auto sealing, sealing_of(work));
    const bool synthetic = is_synthetic(work.proof);
    std::error_code error;
    if (synthetic && fs::exists(work.files.cache / proofs::kSyntheticFile, error)) {
        // The program was killed after the synthetic proofs were written. Only the removal of the layers is left to do.
        STRATA_TRY(const auto known, proofs::read_commitments(work.files.cache, work.comm_d));
        STRATA_OK(proofs::clear_cache(sealing.subject.config, work.files.cache));
        return known.comm_r;
    }
    const proofs::PreCommit1 first{proofs::replica_id_of(sealing.subject, work.comm_d), work.comm_d};
    STRATA_TRY(const auto done,
               proofs::seal_pre_commit_phase2(sealing.subject, sealing.paths, first, watch(work, stop)));
    if (synthetic) {
        STRATA_OK(proofs::generate_synthetic_proofs(sealing.subject, sealing.paths, done, watch(work, stop)));
        STRATA_OK(proofs::clear_cache(sealing.subject.config, work.files.cache));
    }
    return done.comm_r;
}

Result<proofs::VanillaSealProof> DiskSealer::vanilla_seal_proof(const SealWork& work, const Hash256& seed,
                                                                const Stop& stop) const {
    STRATA_TRY(const auto sealing, sealing_of(work));
    STRATA_TRY(const auto commitments, proofs::read_commitments(work.files.cache, work.comm_d));
    return proofs::seal_commit_phase1(sealing.subject, sealing.paths, commitments, seed, watch(work, stop));
}

Status DiskSealer::finalize(const SealWork& work) {
    STRATA_TRY(const auto sealing, sealing_of(work));
    STRATA_OK(proofs::clear_cache(sealing.subject.config, work.files.cache));
    STRATA_OK(remove_path(work.files.cache / proofs::kSyntheticFile));
    // Clients' data stays unsealed for retrieval. A sector of zeros needs no such file.
    if (!std::ranges::all_of(work.pieces, is_zeros))
        return mark_complete(work.files.unsealed, sealing.subject.config.sector_size);
    return remove_path(work.files.unsealed);
}

Status DiskSealer::start_over(const SealWork& work) {
    STRATA_OK(remove_path(work.files.cache));
    return remove_path(work.files.sealed);
}

proofs::HeldSector DiskSealer::held(const ProvingSector& sector) {
    return {{sector.number, sector.comm_r}, sector.files.cache, sector.files.sealed};
}

Status DiskSealer::check(RegisteredPoStProof proof, const Hash256& randomness, const ProvingSector& sector) {
    STRATA_TRY(const auto config, proofs::PostConfig::of(proof));
    return proofs::check_sector(config, proofs::post_randomness(randomness), held(sector));
}

}  // namespace strata::provider
