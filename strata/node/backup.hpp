#pragma once
// A backup: all that nobody can make again of a node, in one file, taken while the node runs or from its folder. These
// are all records but the chain's (keys, as they are on the disk; own messages; sectors, deals and pieces; what was
// signed; the secret of tokens), the libp2p identity and the settings. Not in it: the chain, the files of sectors and
// of pieces. The form of the file: docs/formats/backup.md. Wishes: lotus lib/backupds, cmd/lotus/backup.go.
#include <filesystem>
#include <optional>

#include <strata/base/byte_source.hpp>
#include <strata/ipld/cbor.hpp>
#include <strata/ipld/cid.hpp>
#include <strata/types/basic.hpp>

namespace strata::store {
class KeyValue;
class Repository;
}  // namespace strata::store

namespace strata::node {

/// The facts that a backup states of itself.
struct BackupFacts {
    std::uint64_t form = 0;      // store::kRepositoryForm of its records
    std::string program;         // that wrote it: "strata 0.1.0"
    std::string network;         // its name
    std::optional<Cid> genesis;  // empty if the chain could not be read
    ChainEpoch head = 0;         // height of the chain's head
    std::int64_t made_at = 0;    // seconds since 1970
    STRATA_CBOR_TUPLE(form, program, network, genesis, head, made_at);
};
struct BackupContent {
    BackupFacts facts;
    std::uint64_t records = 0;
    std::uint64_t files = 0;
    std::uint64_t keys = 0;     // private keys among the records
    bool is_encrypted = false;  // the keys are under a passphrase
    std::uint64_t sectors = 0;  // records of sectors
};

/// Writes a backup of the node in `folder`, whose repository this is. The records are those of one moment. `form` and
/// `program` of the facts are filled in. Errors: those of the sink and of the repository; too_large for a record above
/// 64 MiB.
Result<BackupContent> write_backup(store::Repository& repository, const std::filesystem::path& folder,
                                   BackupFacts facts, const ByteSink& sink);
/// Writes a backup of a stopped node; the file appears complete or not at all, and only its owner may read it. Errors:
/// also busy if the node runs; not_found if the folder has no node.
Result<BackupContent> backup_stopped(const std::filesystem::path& folder, const std::filesystem::path& file);

/// Reads a complete backup and checks its form and checksum. Errors: malformed, truncated or verification for a damaged
/// file; unsupported for one of a newer program; io.
Result<BackupContent> read_backup(const std::filesystem::path& file);

struct RestoreOptions {
    /// If set, a backup of a node of a different network is refused.
    std::optional<Cid> genesis;
    /// The last epoch for which the lost node can have signed a block, if the owner knows it; otherwise it is taken
    /// from the clock when the restored node starts (chain::SlashFilter::hold).
    std::optional<ChainEpoch> signed_until;
};
/// Makes a node's folder from a backup. The folder must not exist or have nothing but sectors and pieces (the folders
/// "provider" and "pieces"). After a kill no node starts there, and the same call goes on. Errors: those of
/// read_backup; invalid_argument if the folder has anything else; verification for a different network; no_space, io.
Result<BackupContent> restore_backup(const std::filesystem::path& file, const std::filesystem::path& folder,
                                     const RestoreOptions& options);

/// Returns what the backup said from which this node was restored; empty for others.
Result<std::optional<BackupFacts>> restored_from(store::KeyValue& records);
/// Refuses a folder in which a restore was interrupted. Errors: busy.
Status refuse_half_restored(const std::filesystem::path& folder);
/// Refuses a chain that is not that of the node that was restored here. Errors: verification.
Status check_restored_chain(store::KeyValue& records, const Cid& genesis);

}  // namespace strata::node
