#include <strata/store/rocks_store.hpp>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>

#include <strata/base/folder_lock.hpp>
#include <strata/base/log.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/store/log_check.hpp>

namespace strata::store {
namespace {

// Several nodes may share one process (strata demo), so the cache of each is small.
constexpr std::size_t kCacheBytes = std::size_t{32} << 20;
constexpr std::size_t kWriteBufferBytes = std::size_t{4} << 20;
constexpr int kMaxOpenFiles = 128;
constexpr double kBloomBitsPerKey = 10;
// A compaction writes before it removes, so small files and a small first level bound the room that it takes. Files of
// lower levels are twice as large each, so that a large database has few.
constexpr std::uint64_t kFileBytes = std::uint64_t{4} << 20;
constexpr std::uint64_t kFirstLevelBytes = std::uint64_t{16} << 20;
/// This many files that are not in order yet are too many for work that can wait. From four on they are put in order.
constexpr std::uint64_t kManyNewFiles = 6;
/// The log of all families together; the oldest buffers are written out when it is longer.
constexpr std::uint64_t kMaxLogBytes = std::uint64_t{12} << 20;
/// This much stays free on the disk, as room for RocksDB's own writes, the buffers above and a compaction.
constexpr std::uint64_t kReserve = std::uint64_t{64} << 20;
constexpr std::uint64_t kPutsBetweenChecks = 64;  // of the free space

const std::string kMetadata = "metadata";

const Log kLog("store");

rocksdb::Slice slice(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
rocksdb::Slice slice(std::string_view text) {
    return {text.data(), text.size()};
}
BytesView view(const rocksdb::Slice& value) {
    return as_bytes(std::string_view(value.data(), value.size()));
}

std::string_view name_of(Content content) {
    return content == Content::chain ? "the chain's database" : "the database of keys, sectors and deals";
}

bool is_full(const rocksdb::Status& status) {
    return status.IsNoSpace() || status.ToString().contains("No space left");
}

/// Explains a failed open to operators: the folder, the cause and the next step.
Error explain_open(Content content, const std::filesystem::path& folder, const std::string& cause) {
    std::string text = std::string(name_of(content)) + " in " + folder.string() + " is damaged: " + cause + ". ";
    text += content == Content::chain
                ? "The chain can be fetched from the network again: remove this folder and start the node. Keys, "
                  "sectors and deals are kept elsewhere and are not affected"
                : "Keys and the records of sectors and deals cannot be recreated: keep this folder, and restore it "
                  "from a copy";
    return fail(Errc::io, text);
}

Error explain_open(Content content, const std::filesystem::path& folder, const rocksdb::Status& status) {
    if (is_full(status))
        return fail(Errc::no_space,
                    "no space left on the disk of " + folder.string() + "; free some space and start again");
    if (status.IsCorruption()) return explain_open(content, folder, status.ToString());
    return fail(Errc::io,
                std::string(name_of(content)) + " in " + folder.string() + " cannot be opened: " + status.ToString());
}

/// Returns an error if a log has damage that RocksDB would take for the end of the log. The list of files (MANIFEST)
/// has the same format.
Status check_logs(Content content, const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder / "db", error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const auto& path = entry->path();
        if (path.extension() != ".log" && !path.filename().string().starts_with("MANIFEST-")) continue;
        STRATA_TRY(const auto file, MappedFile::open(path));
        if (const auto at = find_log_damage(file.bytes()))
            return explain_open(content, folder,
                                path.filename().string() + " has a damaged record at byte " + std::to_string(*at) +
                                    ", and records written after it may be lost");
    }
    return {};
}

/// Removes other users' access to files that an earlier version, or a careless copy, left readable for them.
Status close_to_others(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto narrow = [&](const fs::path& path, bool is_folder) {
        const auto kept = is_folder ? fs::perms::owner_all : fs::perms::owner_read | fs::perms::owner_write;
        if (!error) fs::permissions(path, kept, error);
    };
    narrow(folder, /*is_folder=*/true);
    for (auto entry = fs::recursive_directory_iterator(folder, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::error_code unused;
        if (entry->is_symlink(unused)) continue;
        narrow(entry->path(), entry->is_directory(unused));
    }
    return error ? Status(file_error("change the permissions of", folder, error.value())) : Status{};
}

/// A file system that gives files the mode 0600. Env::SetAllowNonOwnerAccess promises this, but in RocksDB 7.8 it does
/// not reach the files.
class PrivateFiles final : public rocksdb::FileSystemWrapper {
  public:
    PrivateFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    const char* Name() const override { return "strata.private"; }

    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* out,
                                      rocksdb::IODebugContext* debug) override {
        return make_private(name, target()->NewWritableFile(name, options, out, debug));
    }
    rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSWritableFile>* out,
                                         rocksdb::IODebugContext* debug) override {
        return make_private(name, target()->ReopenWritableFile(name, options, out, debug));
    }
    rocksdb::IOStatus NewLogger(const std::string& name, const rocksdb::IOOptions& options,
                                std::shared_ptr<rocksdb::Logger>* out, rocksdb::IODebugContext* debug) override {
        return make_private(name, target()->NewLogger(name, options, out, debug));
    }
    rocksdb::IOStatus LockFile(const std::string& name, const rocksdb::IOOptions& options, rocksdb::FileLock** lock,
                               rocksdb::IODebugContext* debug) override {
        return make_private(name, target()->LockFile(name, options, lock, debug));
    }

  private:
    // The folder is already closed to others, so nobody can open the file in between.
    static rocksdb::IOStatus make_private(const std::string& name, rocksdb::IOStatus made) {
        if (made.ok() && ::chmod(name.c_str(), 0600) != 0)
            return rocksdb::IOStatus::IOError(name, "its permissions cannot be changed");
        return made;
    }
};

/// Sends RocksDB's own messages to the node's log. The log file that RocksDB writes by default would abort the program
/// when the disk is full: after a line that could not be written, writing the next one fails an assertion.
class Messages final : public rocksdb::Logger {
  public:
    Messages() : Logger(rocksdb::WARN_LEVEL) {}
    using rocksdb::Logger::Logv;
    void Logv(const char* format, va_list values) override { Logv(rocksdb::WARN_LEVEL, format, values); }
    void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list values) override {
        if (level < rocksdb::WARN_LEVEL || level > rocksdb::FATAL_LEVEL) return;
        const bool serious = level >= rocksdb::ERROR_LEVEL;
        std::array<char, 1024> text{};
        std::vsnprintf(text.data(), text.size(), format, values);
        kLog.limited(limit_, serious ? LogLevel::warning : LogLevel::debug, "RocksDB reports", {{"text", text.data()}});
    }

  private:
    LogLimit limit_;
};

rocksdb::DBOptions database_options(rocksdb::Env* env) {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.paranoid_checks = true;
    options.max_open_files = kMaxOpenFiles;
    options.max_background_jobs = 2;
    options.max_total_wal_size = kMaxLogBytes;
    options.info_log = std::make_shared<Messages>();
    // If the process is killed, the log may end in the middle of a write. Any other damage is an error:
    // kPointInTimeRecovery would stop before it and silently drop every record after it.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = true;  // notices a log file that is missing
    options.env = env;
    return options;
}

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = kWriteBufferBytes;
    options.target_file_size_base = kFileBytes;
    options.target_file_size_multiplier = 2;
    options.max_bytes_for_level_base = kFirstLevelBytes;
    // Blocks are mostly hashes and keys; a node's state gains little from compression.
    options.compression = rocksdb::kNoCompression;
    return options;
}

}  // namespace

struct RocksStore::Database final : Families {
    using Handle = rocksdb::ColumnFamilyHandle;

    /// A column family of blocks. A dropped one can be read until the object is gone.
    class Blocks final : public Family {
      public:
        Blocks(Database& database, Handle* handle) : database_(database), handle_(handle) {}
        Blocks(const Blocks&) = delete;
        Blocks& operator=(const Blocks&) = delete;
        ~Blocks() override { database_.db->DestroyColumnFamilyHandle(handle_).PermitUncheckedError(); }

        Result<std::optional<Bytes>> find(const Cid& cid) override {
            rocksdb::PinnableSlice value;
            const auto status = database_.get(handle_, slice(cid.bytes()), value);
            if (status.IsNotFound()) return std::optional<Bytes>{};
            if (!status.ok()) return database_.explain(status);
            return std::optional(to_bytes(view(value)));
        }
        Result<bool> has(const Cid& cid) override {
            rocksdb::PinnableSlice value;
            const auto status = database_.get(handle_, slice(cid.bytes()), value);
            if (status.IsNotFound()) return false;
            if (!status.ok()) return database_.explain(status);
            return true;
        }
        Status put(const Cid& cid, BytesView data) override {
            if (database_.puts++ % kPutsBetweenChecks == 0) STRATA_OK(database_.check_space());
            return database_.result_of(
                database_.db->Put(rocksdb::WriteOptions(), handle_, slice(cid.bytes()), slice(data)));
        }
        Status put_many(std::span<const CarriedBlock> many) override {
            rocksdb::WriteBatch all;
            for (const auto& [cid, data] : many) {
                const auto status = all.Put(handle_, slice(cid.bytes()), slice(BytesView(data)));
                if (!status.ok()) return database_.explain(status);
            }
            STRATA_OK(database_.check_space());
            return database_.result_of(database_.db->Write(rocksdb::WriteOptions(), &all));
        }
        Status for_each(const Cid& after, const Visit& visit) override {
            const auto it = database_.iterate(handle_);
            it->Seek(slice(after.bytes()));
            if (after.defined() && it->Valid() && equal(view(it->key()), after.bytes())) it->Next();
            for (; it->Valid(); it->Next()) {
                STRATA_TRY(const Cid cid, Cid::from_bytes(view(it->key())));
                STRATA_TRY(const bool more, visit(cid, view(it->value())));
                if (!more) return {};
            }
            if (!it->status().ok()) return database_.explain(it->status());
            return {};
        }
        Status drop_until(const Cid& last) override {
            const auto end = slice(last.bytes());
            return database_.result_of(
                rocksdb::DeleteFilesInRange(database_.db.get(), handle_, nullptr, &end, /*include_end=*/true));
        }
        std::uint64_t bytes() const override {
            std::uint64_t total = 0;
            for (const auto& what :
                 {rocksdb::DB::Properties::kLiveSstFilesSize, rocksdb::DB::Properties::kCurSizeAllMemTables}) {
                std::uint64_t part = 0;
                if (database_.db->GetIntProperty(handle_, what, &part)) total += part;
            }
            return total;
        }
        bool is_in_order() const override {
            std::string files;
            if (!database_.db->GetProperty(handle_, rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0", &files))
                return true;
            return std::strtoull(files.c_str(), nullptr, 10) < kManyNewFiles;
        }
        rocksdb::Status drop() { return database_.db->DropColumnFamily(handle_); }
        Handle* handle() const { return handle_; }

      private:
        Database& database_;
        Handle* const handle_;
    };

    class Metadata final : public KeyValue {
      public:
        explicit Metadata(Database& database) : database_(database) {}
        Result<std::optional<Bytes>> get(std::string_view key) override {
            rocksdb::PinnableSlice value;
            const auto status = database_.get(database_.metadata_family, slice(key), value);
            if (status.IsNotFound()) return std::optional<Bytes>{};
            if (!status.ok()) return database_.explain(status);
            return std::optional<Bytes>(to_bytes(view(value)));
        }
        Status write(const std::vector<Write>& batch) override {
            rocksdb::WriteBatch all;
            for (const auto& [key, value] : batch) {
                const auto status = value ? all.Put(database_.metadata_family, slice(key), slice(BytesView(*value)))
                                          : all.Delete(database_.metadata_family, slice(key));
                if (!status.ok()) return database_.explain(status);
            }
            rocksdb::WriteOptions durable;
            durable.sync = true;
            STRATA_OK(database_.check_space());
            return database_.result_of(database_.db->Write(durable, &all));
        }
        // The iterator works on a snapshot of the database, so the visitor may write.
        Status for_each(std::string_view prefix, const Visit& visit) override {
            const auto it = database_.iterate(database_.metadata_family);
            for (it->Seek(slice(prefix)); it->Valid() && it->key().starts_with(slice(prefix)); it->Next()) {
                STRATA_TRY(const bool more, visit(it->key().ToStringView(), view(it->value())));
                if (!more) return {};
            }
            if (!it->status().ok()) return database_.explain(it->status());
            return {};
        }

      private:
        Database& database_;
    };

    Database(std::filesystem::path path, Content held_content, FolderLock held)
        : folder(std::move(path)), content(held_content), lock(std::move(held)) {}
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() override {
        if (!db) return;
        plain_blocks.reset();
        blocks.clear();
        for (auto* own : {default_family, metadata_family}) db->DestroyColumnFamilyHandle(own).PermitUncheckedError();
        db->Close().PermitUncheckedError();
    }

    Status open() {
        STRATA_OK(make_folders(folder / "db", FileAccess::owner_only));  // RocksDB logs a complaint if it is missing
        STRATA_OK(close_to_others(folder));
        STRATA_OK(check_logs(content, folder));
        // All families must be opened. A new database has none; that of a damaged one is what the open below reports.
        std::vector<std::string> names;
        const auto path = (folder / "db").string();
        rocksdb::DB::ListColumnFamilies(database_options(env.get()), path, &names).PermitUncheckedError();
        for (const auto& own : {rocksdb::kDefaultColumnFamilyName, kMetadata})
            if (std::ranges::find(names, own) == names.end()) names.push_back(own);
        std::vector<rocksdb::ColumnFamilyDescriptor> wanted;
        for (const auto& name : names) wanted.emplace_back(name, family_options(cache));
        std::vector<Handle*> handles;
        rocksdb::DB* opened = nullptr;
        const auto status = rocksdb::DB::Open(database_options(env.get()), path, wanted, &handles, &opened);
        if (!status.ok()) return explain_open(content, folder, status);
        db.reset(opened);
        const Lock guard(mutex);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == rocksdb::kDefaultColumnFamilyName)
                default_family = handles[i];
            else if (names[i] == kMetadata)
                metadata_family = handles[i];
            else
                blocks[names[i]] = std::make_shared<Blocks>(*this, handles[i]);
        }
        return {};
    }

    /// Writes all buffers to files, so that the log with the same writes can go.
    rocksdb::Status flush_all() {
        // A family lives as long as somebody holds it.
        const auto held = [this] {
            const Lock guard(mutex);
            return blocks;
        }();
        std::vector<Handle*> handles{default_family, metadata_family};
        for (const auto& [name, family] : held)
            if (family) handles.push_back(family->handle());
        return db->Flush(rocksdb::FlushOptions(), handles);
    }
    std::vector<std::string> family_names() const override {
        const Lock guard(mutex);
        std::vector<std::string> names;
        for (const auto& [name, family] : blocks) names.push_back(name);
        return names;
    }
    Result<FamilyPtr> family(const std::string& name) override {
        const Lock guard(mutex);
        auto& found = blocks[name];
        if (found) return found;
        STRATA_OK(check_space());
        Handle* handle = nullptr;
        const auto status = db->CreateColumnFamily(family_options(cache), name, &handle);
        if (!status.ok()) {
            blocks.erase(name);
            return explain(status);
        }
        found = std::make_shared<Blocks>(*this, handle);
        return found;
    }
    Status drop_family(const std::string& name) override {
        const auto dropped = [&] {
            const Lock guard(mutex);
            const auto it = blocks.find(name);
            return it == blocks.end() ? nullptr : std::exchange(it->second, nullptr);
        }();
        if (!dropped) return {};
        const auto status = dropped->drop();
        {
            const Lock guard(mutex);
            if (!status.ok()) {
                blocks[name] = dropped;
                return explain(status);
            }
            blocks.erase(name);
        }
        // The log keeps what was written to the dropped family while it has writes of others that are not in a file.
        return result_of(flush_all());
    }

    /// Explains a failure without naming a path, since the text may reach a client.
    Error explain(const rocksdb::Status& status) {
        const std::string where(name_of(content));
        kLog.limited(failures, LogLevel::error, "a database call failed",
                     {{"database", folder.string()}, {"cause", status.ToString()}});
        if (is_full(status))
            return fail(Errc::no_space,
                        "no space left on the disk of " + where + "; free some space and start the node again");
        if (status.IsCorruption()) return fail(Errc::io, where + " is damaged; the node's log has the cause");
        return fail(Errc::io, where + " cannot be used; the node's log has the cause");
    }

    /// After a failed write, RocksDB refuses all further ones until it is opened again, so writes are refused before
    /// the disk is full. Once there is space again, writes are accepted.
    Status check_space() {
        std::uint64_t left = 0;
        if (Disk::current().free_bytes(folder, left) != 0 || left >= kReserve) return {};
        kLog.limited(failures, LogLevel::error, "the disk is nearly full; nothing is written until there is space",
                     {{"database", folder.string()}, {"free", left}, {"needed", kReserve}});
        return fail(Errc::no_space, "no space left on the disk of " + std::string(name_of(content)) + ": " +
                                        std::to_string(left >> 20U) + " MiB are free, expected at least " +
                                        std::to_string(kReserve >> 20U));
    }
    Status result_of(const rocksdb::Status& written) { return written.ok() ? Status{} : Status(explain(written)); }

    rocksdb::Status get(Handle* family, const rocksdb::Slice& key, rocksdb::PinnableSlice& value) const {
        return db->Get(rocksdb::ReadOptions(), family, key, &value);
    }
    std::unique_ptr<rocksdb::Iterator> iterate(Handle* family) const {
        return std::unique_ptr<rocksdb::Iterator>(db->NewIterator(rocksdb::ReadOptions(), family));
    }

    std::filesystem::path folder;
    Content content;
    FolderLock lock;
    LogLimit failures;
    std::atomic<std::uint64_t> puts = 0;
    std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<PrivateFiles>());
    std::unique_ptr<rocksdb::DB> db;
    const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kCacheBytes);
    Handle* default_family = nullptr;
    Handle* metadata_family = nullptr;
    mutable Mutex mutex;
    std::map<std::string, std::shared_ptr<Blocks>> blocks STRATA_GUARDED_BY(mutex);
    Metadata metadata{*this};
    std::optional<FamilyBlockstore> plain_blocks;
};

RocksStore::RocksStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& folder, Content content) {
    STRATA_TRY(auto lock, FolderLock::take(folder, FileAccess::owner_only));
    auto database = std::make_unique<Database>(folder, content, std::move(lock));
    STRATA_OK(database->open());
    if (content == Content::records) {
        STRATA_TRY(auto blocks, database->family(std::string(kBlocksFamily)));
        database->plain_blocks.emplace(std::move(blocks));
    }
    return std::unique_ptr<RocksStore>(new RocksStore(std::move(database)));
}

Blockstore& RocksStore::blocks() {
    STRATA_CHECK(database_->plain_blocks.has_value());  // a database of a chain has several families
    return *database_->plain_blocks;
}
Families& RocksStore::families() {
    return *database_;
}
KeyValue& RocksStore::metadata() {
    return database_->metadata;
}

Status RocksStore::verify() {
    for (const auto& name : database_->family_names()) {
        STRATA_TRY(const auto family, database_->family(name));
        STRATA_OK(family->for_each({}, [&](const Cid& cid, BytesView data) -> Result<bool> {
            const bool is_mark = name.starts_with(kMarksPrefix) && data.empty();
            STRATA_TRY(const bool matches, is_mark ? Result<bool>(true) : cid.matches(data));
            if (matches) return true;
            return fail(Errc::verification,
                        explain_open(database_->content, database_->folder,
                                     "the bytes of block " + cid.to_string() + " do not match its CID")
                            .message());
        }));
    }
    // Records have no CIDs. Reading them makes RocksDB check its own checksums.
    return database_->metadata.for_each("", [](std::string_view, BytesView) -> Result<bool> { return true; });
}

Status RocksStore::forget_removed() {
    auto& db = *database_->db;
    // A removed value stays in its file until a compaction writes the file anew, and the lowest level is compacted only
    // if that is forced.
    rocksdb::CompactRangeOptions everything;
    everything.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    // The log, which has the value too, is kept while it has writes of any family that are not in a file.
    auto status = database_->flush_all();
    if (status.ok()) status = db.CompactRange(everything, database_->metadata_family, nullptr, nullptr);
    if (!status.ok()) return database_->explain(status);
    return {};
}

}  // namespace strata::store
