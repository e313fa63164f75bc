// Protects backups: what a node cannot make again comes back as it was, nothing of a damaged or strange file is
// written, and a restored miner signs nothing that the lost one may have signed. Sources: docs/formats/backup.md; a
// repository that the program of commit 1ee8772f^ wrote (tests/vectors/repository-form-0); docs/protocol/node.md §12.
#include <strata/node/backup.hpp>

#include <gmock/gmock.h>

#include <strata/base/file_writer.hpp>
#include <strata/chain/slash_filter.hpp>
#include <strata/crypto/sha256.hpp>
#include <strata/node/repository.hpp>
#include <strata/provider/sector_record.hpp>
#include <strata/store/repository.hpp>
#include <strata/store/repository_form.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Records = std::map<std::string, Bytes>;

const Cid kGenesis = Cid::hash_of(Codec::dag_cbor, as_bytes("genesis"));

Records records_of(store::Repository& repository) {
    Records out;
    EXPECT_TRUE(repository.visit_records([&](std::string_view key, BytesView value) -> Result<bool> {
        out[std::string(key)] = to_bytes(value);
        return true;
    }));
    return out;
}

class Backup : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(lost_);
        ASSERT_TRUE(write_file(lost_ / "libp2p.key", as_bytes("identity")));
        ASSERT_TRUE(write_file(lost_ / "config.toml", as_bytes("[api]\nport = 1234\n")));
        auto opened = store::Repository::open(lost_ / "repository");
        ASSERT_TRUE(opened) << opened.error().message();
        auto& records = (*opened)->records();
        ASSERT_TRUE(records.write({{"wallet/key/f1x", Bytes{1}},
                                   {"producer/height/f01000/9", Bytes{2}},
                                   {"provider/1000/sector/00000000000000000007", Bytes{3}},
                                   {"deals/deal/a", Bytes(200'000, 4)},
                                   {"pool/local/b", Bytes{}}}));
        ASSERT_TRUE(records.put("chain/head", Bytes{9}));
        before_ = records_of(**opened);
        ASSERT_TRUE(back_up(**opened));
    }
    Status back_up(store::Repository& repository) const {
        STRATA_TRY(auto writer, FileWriter::create(file_));
        STRATA_TRY(const auto done,
                   write_backup(
                       repository, lost_,
                       {.form = 0, .program = {}, .network = "testnet", .genesis = kGenesis, .head = 77, .made_at = 0},
                       [&](BytesView bytes) { return writer.write(bytes); }));
        EXPECT_EQ(done.records, 5U);
        EXPECT_EQ(done.keys, 1U);
        EXPECT_EQ(done.sectors, 1U);
        EXPECT_EQ(done.files, 2U);
        return writer.commit();
    }
    Bytes content() const { return read_file(file_, std::uint64_t{1} << 30).value(); }
    void write(BytesView bytes) const { ASSERT_TRUE(write_file(file_, bytes)); }
    /// Makes the checksum right again after a change, as somebody who means harm would.
    void write_signed(Bytes bytes) const {
        bytes.resize(bytes.size() - 32);
        crypto::Sha256 hash;
        hash.update(bytes);
        append(bytes, hash.finish());
        write(bytes);
    }
    Errc refusal(const RestoreOptions& options = {}) const {
        const auto restored = restore_backup(file_, made_, options);
        EXPECT_FALSE(restored);
        return restored ? Errc::internal : restored.error().code();
    }
    std::string refusal_text(const RestoreOptions& options = {}) const {
        const auto restored = restore_backup(file_, made_, options);
        return restored ? "restored" : std::string(restored.error().message());
    }

    testing::TempFolder root_;
    fs::path lost_ = root_ / "lost", made_ = root_ / "made", file_ = root_ / "node.backup";
    Records before_;
};

TEST_F(Backup, BringsBackAllButTheChain) {
    const auto restored = restore_backup(file_, made_, {.genesis = kGenesis, .signed_until = {}});
    ASSERT_TRUE(restored) << restored.error().message();
    EXPECT_EQ(restored->facts.network, "testnet");
    EXPECT_EQ(restored->facts.head, 77);
    EXPECT_EQ(as_text(read_file(made_ / "libp2p.key", 100).value()), "identity");
    EXPECT_EQ(as_text(read_file(made_ / "config.toml", 100).value()), "[api]\nport = 1234\n");
    EXPECT_EQ(fs::status(made_ / "libp2p.key").permissions() & fs::perms::group_all, fs::perms::none);
    const auto repository = store::Repository::open(made_ / "repository").value();
    auto after = records_of(*repository);
    EXPECT_EQ(after.erase("node/restored"), 1U);
    EXPECT_EQ(after.erase("producer/hold"), 1U);
    EXPECT_EQ(after, before_);
    EXPECT_EQ(repository->records().get("chain/head").value(), std::nullopt);
    EXPECT_EQ(restored_from(repository->records()).value()->genesis, kGenesis);
    EXPECT_FALSE(check_restored_chain(repository->records(), Cid::hash_of(Codec::raw, Bytes{1})));
    EXPECT_TRUE(check_restored_chain(repository->records(), kGenesis));
}

TEST_F(Backup, OfAStoppedNodeIsTheSame) {
    const auto other = root_ / "other.backup";
    const auto done = backup_stopped(lost_, other);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->records, 5U);
    EXPECT_EQ(fs::status(other).permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
    ASSERT_TRUE(restore_backup(other, made_, {})) << "without a chain that can be read its network is not known";
}

TEST_F(Backup, IsOfOneMomentWhileOthersWrite) {
    const auto repository = store::Repository::open(lost_ / "repository").value();
    int seen = 0;
    ASSERT_TRUE(repository->visit_records([&](std::string_view, BytesView) -> Result<bool> {
        if (++seen == 1) EXPECT_TRUE(repository->records().put("zzz/late", Bytes{1}));
        return true;
    }));
    EXPECT_EQ(seen, 5) << "what was written after the beginning is not in it";
}

TEST_F(Backup, RefusesAFolderThatIsNotEmptyButTakesSectors) {
    fs::create_directories(made_ / "provider" / "sealed");
    fs::create_directories(made_ / "pieces");
    ASSERT_TRUE(write_file(made_ / "token", as_bytes("x")));
    EXPECT_THAT(refusal_text(), HasSubstr("it has token"));
    EXPECT_FALSE(fs::exists(made_ / "repository"));
    fs::remove(made_ / "token");
    ASSERT_TRUE(restore_backup(file_, made_, {}));
    EXPECT_THAT(refusal_text(), HasSubstr("is not empty")) << "a second time";
    EXPECT_TRUE(fs::exists(made_ / "provider" / "sealed"));
}

TEST_F(Backup, RefusesADifferentNetwork) {
    EXPECT_EQ(refusal({.genesis = Cid::hash_of(Codec::raw, Bytes{1}), .signed_until = {}}), Errc::verification);
    EXPECT_FALSE(fs::exists(made_));
}

TEST_F(Backup, RefusesEveryDamage) {
    const auto good = content();
    for (std::size_t at = 0; at < good.size(); at += at < 600 || at + 100 > good.size() ? 1 : 997) {
        auto bad = good;
        bad[at] ^= 0x20U;
        write(bad);
        ASSERT_FALSE(read_backup(file_)) << "byte " << at;
    }
    for (std::size_t size = 0; size < good.size(); size += size < 600 || size + 100 > good.size() ? 1 : 997) {
        write(BytesView(good).first(size));
        ASSERT_FALSE(read_backup(file_)) << size << " bytes";
    }
    auto longer = good;
    longer.push_back(0);
    write(longer);
    EXPECT_EQ(refusal(), Errc::malformed);
    EXPECT_FALSE(fs::exists(made_)) << "nothing was written";
    write(good);
    EXPECT_TRUE(read_backup(file_));
}

// A file with a right checksum may still be made by somebody who means harm.
TEST_F(Backup, WritesOnlyTheFilesOfANode) {
    const auto replace = [&](std::string_view from, std::string_view to) {
        auto bytes = content();
        const auto at = as_text(bytes).find(from);
        ASSERT_NE(at, std::string_view::npos);
        std::ranges::copy(to, bytes.begin() + static_cast<std::ptrdiff_t>(at));
        write_signed(bytes);
    };
    const auto good = content();
    replace("libp2p.key", "../../evil");
    EXPECT_THAT(refusal_text(), HasSubstr("a file that no backup has"));
    write(good);
    replace("deals/deal/a", "chain/head/a");
    EXPECT_THAT(refusal_text(), HasSubstr("a record of the chain"));
    write(good);
    const auto head = as_text(good).find(std::string_view("\x86\x02", 2));  // six fields, the first is the form
    ASSERT_NE(head, std::string_view::npos);
    auto newer = good;
    newer[head + 1] = 0x09;
    write_signed(newer);
    EXPECT_EQ(refusal(), Errc::unsupported);
    EXPECT_THAT(refusal_text(), HasSubstr("restore it with the program that wrote it"));
}

TEST_F(Backup, GoesOnAfterAKillAndNoNodeStartsMeanwhile) {
    const auto part = unfinished_path(made_ / "repository");
    fs::create_directories(part / "records");
    ASSERT_TRUE(write_file(part / "records" / "half", as_bytes("x")));
    ASSERT_TRUE(write_file(made_ / "libp2p.key", as_bytes("half")));
    const auto refused = refuse_half_restored(made_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(std::string(refused.error().message()), HasSubstr("the restore did not end"));
    ASSERT_TRUE(restore_backup(file_, made_, {}));
    EXPECT_TRUE(refuse_half_restored(made_));
    EXPECT_EQ(as_text(read_file(made_ / "libp2p.key", 100).value()), "identity");
    ASSERT_TRUE(store::Repository::open(made_ / "repository"));
}

TEST_F(Backup, ARestoredMinerIsHeld) {
    ASSERT_TRUE(restore_backup(file_, made_, {}));
    {
        const auto repository = store::Repository::open(made_ / "repository").value();
        EXPECT_GT(chain::SlashFilter(repository->records()).held_until(400).value(), 400);
    }
    fs::remove_all(made_);
    ASSERT_TRUE(restore_backup(file_, made_, {.genesis = {}, .signed_until = 90}));
    const auto repository = store::Repository::open(made_ / "repository").value();
    EXPECT_EQ(chain::SlashFilter(repository->records()).held_until(400).value(), 90);
}

TEST_F(Backup, AChainOfADifferentNetworkDoesNotBegin) {
    const auto car = root_ / "genesis.car";
    const auto vector = testing::find_vectors("lotus-devnet/real/genesis.car");
    if (!vector) GTEST_SKIP() << testing::skip_reason("lotus-devnet/real");
    ASSERT_TRUE(write_file(car, as_bytes(testing::read_file(*vector))));
    ASSERT_TRUE(restore_backup(file_, made_, {}));
    const auto opened = open_repository(made_ / "repository", car);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::verification);
    EXPECT_THAT(std::string(opened.error().message()), HasSubstr("restored from a backup of the network testnet"));
}

// The first form: one database for all. A key, what a miner signed and a sector's record are read by those who use
// them.
TEST(OldRepository, IsOpenedAndBroughtUpToDate) {
    const testing::TempFolder root;
    const auto folder = root / "repository";
    fs::create_directories(folder);
    fs::copy(testing::own_vectors("repository-form-0") / "db", folder / "db", fs::copy_options::recursive);
    for (int start = 0; start < 2; ++start) {
        const auto opened = store::Repository::open(folder);
        ASSERT_TRUE(opened) << opened.error().message();
        auto& records = (*opened)->records();
        wallet::Wallet wallet(records);
        const auto keys = wallet.list();
        ASSERT_TRUE(keys);
        ASSERT_EQ(keys->size(), 1U);
        EXPECT_EQ(keys->front().to_string(),
                  "f3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka");
        EXPECT_TRUE(wallet.sign(keys->front(), Bytes{1}));
        provider::SectorRecords sectors(records, 1000);
        ASSERT_TRUE(sectors.load());
        ASSERT_NE(sectors.find(7), nullptr);
        EXPECT_EQ(sectors.find(7)->state, provider::SectorState::proving);
        EXPECT_EQ(sectors.find(7)->expiration, 12'345);
        BlockHeader second;
        second.miner = Address::id(1000);
        second.height = 5;
        second.parents = {Cid::hash_of(Codec::dag_cbor, as_bytes("b"))};
        second.parent_state_root = second.parent_message_receipts = second.messages = second.parents.front();
        EXPECT_FALSE(chain::SlashFilter(records).admit(second, 4)) << "it has signed a block of this height";
        EXPECT_TRUE((*opened)->blocks().has(Cid::hash_of(Codec::dag_cbor, Bytes{0x80})).value());
    }
    EXPECT_FALSE(fs::exists(folder / "db"));
    EXPECT_TRUE(as_text(read_file(folder / "form", 100).value()).starts_with("form 2\n"));
}

}  // namespace
}  // namespace strata::node
