#include <strata/node/backup.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include <strata/actors/read/system.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/slash_filter.hpp>
#include <strata/crypto/sha256.hpp>
#include <strata/node/chain_export.hpp>
#include <strata/node/settings_file.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/store/repository.hpp>
#include <strata/store/repository_form.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/record_names.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "strata backup 1\n";
constexpr std::size_t kLength = 4;                           // bytes before an item
constexpr std::size_t kMostItem = std::size_t{64} << 20;     // bytes
constexpr std::uint64_t kMostFile = std::uint64_t{1} << 20;  // bytes of a file in it
constexpr std::size_t kBatch = std::size_t{4} << 20;         // bytes that are written to a database at once
constexpr std::string_view kRestored = "node/restored";      // the record
constexpr const char* kRepository = "repository";
constexpr const char* kRecords = "records";

/// The files of a node's folder that are kept, and their names alone: a name in a backup is input from outside.
constexpr const char* kFiles[] = {"libp2p.key", kSettingsFile};
/// These may be in the folder before: no backup has them, since they are large.
constexpr const char* kMayBeThere[] = {"provider", "pieces", kLockFile};

enum class Kind : std::uint8_t { record, file };
struct Item {
    Kind kind{};
    std::string name;
    Bytes value;
    STRATA_CBOR_TUPLE(kind, name, value);
};

bool is_kept_file(std::string_view name) {
    return std::ranges::find(kFiles, name) != std::end(kFiles);
}

void count(BackupContent& to, const Item& item) {
    if (item.kind == Kind::file) {
        ++to.files;
        return;
    }
    ++to.records;
    to.keys += item.name.starts_with(wallet::kKeyRecords) ? 1 : 0;
    to.is_encrypted |= item.name == wallet::kSealRecord;
    to.sectors += item.name.starts_with("provider/") && item.name.contains("/sector/") ? 1 : 0;
}

// --- writing ---

class Writer {
  public:
    explicit Writer(const ByteSink& sink) : sink_(sink) {}

    Status begin(const BackupFacts& facts) {
        STRATA_OK(put(as_bytes(kMagic)));
        return item(to_cbor(facts));
    }
    Status item(BytesView encoded) {
        if (encoded.size() > kMostItem)
            return fail(Errc::too_large, fmt::format("a record has {} bytes, and a backup holds items of at most {}",
                                                     encoded.size(), kMostItem));
        STRATA_OK(length(encoded.size()));
        return put(encoded);
    }
    Status end() {
        STRATA_OK(length(0));
        return sink_(hash_.finish());
    }

  private:
    Status length(std::size_t size) {
        ByteArray<kLength> out{};
        for (std::size_t i = 0; i < kLength; ++i) out[i] = static_cast<std::uint8_t>(size >> (8 * (kLength - 1 - i)));
        return put(out);
    }
    Status put(BytesView bytes) {
        hash_.update(bytes);
        return sink_(bytes);
    }

    const ByteSink& sink_;
    crypto::Sha256 hash_;
};

// --- reading ---

Error damaged(std::string_view what) {
    return fail(Errc::malformed,
                fmt::format("{}; the file is damaged or is not a backup of strata: take a different copy", what));
}

/// Reads a file to its end; nothing of it counts before finish() has compared the checksum.
class Reader {
  public:
    static Result<Reader> open(const fs::path& file) {
        STRATA_TRY(auto source, file_source(file));
        Reader out(std::move(source));
        Bytes magic(kMagic.size());
        STRATA_OK(out.take(magic));
        if (!equal(magic, as_bytes(kMagic))) return damaged("it does not begin as one");
        return out;
    }
    /// Empty at the end.
    Result<std::optional<Bytes>> item() {
        ByteArray<kLength> head{};
        STRATA_OK(take(head));
        std::size_t size = 0;
        for (const auto byte : head) size = size << 8U | byte;
        if (size == 0) return std::optional<Bytes>();
        if (size > kMostItem) return damaged(fmt::format("an item has {} bytes, expected at most {}", size, kMostItem));
        Bytes out(size);
        STRATA_OK(take(out));
        return std::optional(std::move(out));
    }
    Status finish() {
        const auto expected = hash_.finish();
        Hash256 found{};
        STRATA_TRY(const auto got, read_full(source_, found));
        if (got != found.size()) return damaged("its checksum is missing");
        if (found != expected) return fail(Errc::verification, damaged("its checksum differs").message());
        ByteArray<1> more{};
        STRATA_TRY(const auto rest, source_(more));
        return rest == 0 ? Status() : damaged("it goes on after its end");
    }

  private:
    explicit Reader(ByteSource source) : source_(std::move(source)) {}
    Status take(std::span<std::uint8_t> out) {
        STRATA_TRY(const auto got, read_full(source_, out));
        if (got != out.size()) return fail(Errc::truncated, damaged("it ends early").message());
        hash_.update(out);
        return {};
    }

    ByteSource source_;
    crypto::Sha256 hash_;
};

Result<BackupFacts> read_facts(Reader& reader) {
    STRATA_TRY(const auto encoded, reader.item());
    if (!encoded) return damaged("it has no head");
    auto facts = from_cbor<BackupFacts>(*encoded);
    if (!facts) return damaged("its head: " + std::string(facts.error().message()));
    if (facts->form > store::kRepositoryForm)
        return fail(
            Errc::unsupported,
            fmt::format("the backup was written by {} in the form {}, and this program, strata {}, knows forms up to "
                        "{}: restore it with the program that wrote it or a later one",
                        facts->program, facts->form, STRATA_VERSION, store::kRepositoryForm));
    return std::move(*facts);
}

/// Gives each item to `take`, and checks the whole file.
template <class Take>
Result<BackupContent> read_all(const fs::path& file, Take take) {
    STRATA_TRY(auto reader, Reader::open(file));
    BackupContent out;
    STRATA_TRY(out.facts, read_facts(reader));
    for (;;) {
        STRATA_TRY(const auto encoded, reader.item());
        if (!encoded) break;
        auto item = from_cbor<Item>(*encoded);
        if (!item) return damaged("an item: " + std::string(item.error().message()));
        if (item->kind > Kind::file) return damaged("an item of an unknown kind");
        if (item->kind == Kind::file && !is_kept_file(item->name)) return damaged("a file that no backup has");
        if (item->kind == Kind::record && item->name.starts_with("chain/")) return damaged("a record of the chain");
        count(out, *item);
        STRATA_OK(take(std::move(*item)));
    }
    STRATA_OK(reader.finish());
    return out;
}

// --- restoring ---

/// Refuses what a person may still need. What an interrupted restore left is not that.
Status check_folder(const fs::path& folder) {
    std::error_code error;
    const bool is_unfinished = fs::exists(unfinished_path(folder / kRepository), error);
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        const bool is_leftover =
            is_unfinished && (is_kept_file(name) || at->path() == unfinished_path(folder / kRepository));
        if (is_leftover || std::ranges::find(kMayBeThere, name) != std::end(kMayBeThere)) continue;
        return fail(Errc::invalid_argument,
                    fmt::format("{} is not empty: it has {}; restore into a new folder, which may have the sectors and "
                                "pieces of the lost node (provider, pieces) and nothing else",
                                folder.string(), name));
    }
    return error && error != std::errc::no_such_file_or_directory
               ? Status(file_error("read the folder", folder, error.value()))
               : Status();
}

/// Puts items into the database that becomes the node's, and files beside it.
class Restored {
  public:
    Restored(fs::path folder, store::KeyValue& records) : folder_(std::move(folder)), records_(records) {}

    Status take(Item item) {
        if (item.kind == Kind::file) return write_file(folder_ / item.name, item.value, FileAccess::owner_only);
        bytes_ += item.name.size() + item.value.size();
        batch_.push_back({std::move(item.name), std::move(item.value)});
        return bytes_ < kBatch ? Status() : flush();
    }
    Status finish(const BackupFacts& facts, const RestoreOptions& options) {
        STRATA_OK(flush());
        return records_.write(
            {{std::string(kRestored), to_cbor(facts)}, chain::SlashFilter::hold(options.signed_until)});
    }

  private:
    Status flush() {
        if (batch_.empty()) return {};
        STRATA_OK(records_.write(batch_));
        batch_.clear();
        bytes_ = 0;
        return {};
    }

    const fs::path folder_;
    store::KeyValue& records_;
    std::vector<store::Write> batch_;
    std::size_t bytes_ = 0;
};

std::string network_of(store::Repository& repository, const chain::ChainStore& chain) {
    auto state = vm::StateTree::load(repository.blocks(), chain.genesis()->parent_state_root());
    if (!state) return {};
    return actors::read::network_name(*state).value_or("");
}

}  // namespace

Result<BackupContent> write_backup(store::Repository& repository, const fs::path& folder, BackupFacts facts,
                                   const ByteSink& sink) {
    facts.form = store::kRepositoryForm;
    facts.program = fmt::format("strata {}", STRATA_VERSION);
    facts.made_at =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
    BackupContent out{.facts = facts};
    Writer writer(sink);
    STRATA_OK(writer.begin(facts));
    const auto put = [&](Item item) -> Status {
        count(out, item);
        return writer.item(to_cbor(item));
    };
    for (const auto* name : kFiles) {
        auto content = read_file(folder / name, kMostFile);
        if (!content && content.error().code() == Errc::not_found) continue;
        if (!content) return content.error();
        STRATA_OK(put({Kind::file, name, std::move(*content)}));
    }
    STRATA_OK(repository.visit_records([&](std::string_view key, BytesView value) -> Result<bool> {
        STRATA_OK(put({Kind::record, std::string(key), to_bytes(value)}));
        return true;
    }));
    STRATA_OK(writer.end());
    return out;
}

Result<BackupContent> backup_stopped(const fs::path& folder, const fs::path& file) {
    STRATA_TRY(const auto node, node_folder(folder));
    STRATA_TRY(const auto repository, store::Repository::open(node / kRepository));
    BackupFacts facts;
    // A backup is worth most when the chain is damaged, so it does without what it would say of it.
    chain::ChainStore chain(repository->blocks(), repository->records());
    if (open_snapshot_below(*repository) && chain.open()) {
        facts.genesis = chain.genesis()->cids().front();
        facts.head = chain.head()->height();
        facts.network = network_of(*repository, chain);
    }
    STRATA_TRY(auto writer, FileWriter::create(file, FileAccess::owner_only));
    STRATA_TRY(auto out,
               write_backup(*repository, node, std::move(facts), [&](BytesView bytes) { return writer.write(bytes); }));
    STRATA_OK(writer.commit());
    return out;
}

Result<BackupContent> read_backup(const fs::path& file) {
    auto out = read_all(file, [](const Item&) { return Status(); });
    return out ? std::move(out) : Result<BackupContent>(std::move(out).error().with_context(file.string()));
}

Result<BackupContent> restore_backup(const fs::path& file, const fs::path& folder, const RestoreOptions& options) {
    // The file is read twice: nothing is written before all of it is known to be good.
    STRATA_TRY(const auto checked, read_backup(file));
    if (options.genesis && checked.facts.genesis != options.genesis)
        return fail(
            Errc::verification,
            fmt::format("the backup is of a node of the network {}, whose genesis is {}; expected the genesis {}",
                        checked.facts.network, checked.facts.genesis ? checked.facts.genesis->to_string() : "unknown",
                        options.genesis->to_string()));
    STRATA_OK(check_folder(folder));
    // The lock comes first: leftovers may belong to a restore that still runs.
    STRATA_OK(make_folders(folder, FileAccess::owner_only));
    const auto lock = FolderLock::take(folder);
    if (!lock) return lock.error();
    const auto repository = folder / kRepository;
    const auto part = unfinished_path(repository);
    STRATA_OK(remove_path(part));
    STRATA_OK(make_folders(part, FileAccess::owner_only));
    {
        STRATA_TRY(const auto records, store::RocksStore::open(part / kRecords, store::Content::records));
        Restored restored(folder, records->metadata());
        STRATA_OK(read_all(file, [&](Item item) { return restored.take(std::move(item)); }));
        STRATA_OK(restored.finish(checked.facts, options));
    }
    // Steps to a newer form run when the node opens it.
    STRATA_OK(store::write_form(part, checked.facts.form));
    STRATA_OK(move_into_place(part, repository));
    return checked;
}

Result<std::optional<BackupFacts>> restored_from(store::KeyValue& records) {
    STRATA_TRY(const auto value, records.get(kRestored));
    if (!value) return std::optional<BackupFacts>();
    auto facts = from_cbor<BackupFacts>(*value);
    if (!facts) return std::move(facts).error().with_context(std::string("the record ") + std::string(kRestored));
    return std::optional(std::move(*facts));
}

Status refuse_half_restored(const fs::path& folder) {
    const auto part = unfinished_path(folder / kRepository);
    std::error_code error;
    if (!fs::exists(part, error)) return {};
    return fail(Errc::busy, fmt::format("a backup was being restored into {} and the restore did not end; run the same "
                                        "`strata node restore` again, or remove {}",
                                        folder.string(), part.string()));
}

Status check_restored_chain(store::KeyValue& records, const Cid& genesis) {
    STRATA_TRY(const auto facts, restored_from(records));
    if (!facts || !facts->genesis || *facts->genesis == genesis) return {};
    return fail(
        Errc::verification,
        fmt::format("this node was restored from a backup of the network {}, whose genesis is {}, and got a chain "
                    "that begins with {}; name the network of the backup",
                    facts->network, facts->genesis->to_string(), genesis.to_string()));
}

}  // namespace strata::node
