#pragma once
// Holds the rules that a network must keep, whatever its links and its dishonest miners do. The world tells what
// happens; each violation is kept. One thread.
#include <deque>
#include <functional>
#include <map>
#include <set>

#include <strata/base/result.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::simulation {

enum class Rule : std::uint8_t {
    one_state,     // all nodes get the same state from the same tipset
    final,         // no node reverts what it and all others agreed on long before
    bad_block,     // no honest node takes a block that breaks a rule
    forged_block,  // no honest node takes a block that its miner did not make
    early_block,   // no honest node takes a block before its time
    equivocation,  // no honest miner signs two blocks of one epoch
    one_head,      // the heads become one after all faults have ended
    supply,        // there are always as many FIL as at genesis
    memory,        // no table of a node outgrows its limit
    score,         // honest nodes do not shut each other out
    growth,        // the chain goes on
    failure,       // no node fails by itself
};
std::string_view name_of(Rule rule);

struct Violation {
    Rule rule{};
    ChainEpoch epoch = 0;
    std::string text;
};

class Checks {
  public:
    static constexpr std::size_t kMostViolations = 20;
    /// A head on which all agreed is final for them when they agree on a chain with it this many epochs higher, and no
    /// node has left it in between. Two chains may have nearly the same weight for a while, as after a division of the
    /// network: then nodes go from one to the other with each late block, or one that a miner held back, also if all
    /// are on the same one at two moments.
    static constexpr ChainEpoch kLasting = 5;

    /// `epoch` returns the present epoch.
    explicit Checks(std::function<ChainEpoch()> epoch) : epoch_(std::move(epoch)) {}

    void add_honest_miner(const Address& miner) { honest_miners_.insert(miner); }
    /// All honest nodes that are up have the same head. `has` tells whether a tipset is on its chain.
    void on_one_head(const std::vector<std::size_t>& nodes, const chain::TipsetPtr& head,
                     const std::function<bool(const chain::TipsetPtr&)>& has);

    /// A node made a block. A dishonest one tells whether its block is valid nevertheless.
    void on_made(std::size_t node, const BlockHeader& block, bool is_honest, bool is_valid);
    /// An honest node changed its head. `latest` is the latest time of a block that it may take, in Unix seconds.
    void on_head(std::size_t node, const chain::HeadChange& change, std::uint64_t latest);
    void on_state(std::size_t node, const chain::Tipset& tipset, const Cid& root);
    void on_size(std::size_t node, std::string_view what, std::size_t size, std::size_t limit);
    void on_score(std::size_t node, std::size_t peer, double score);
    void on_supply(const TokenAmount& sum);
    struct LastHead {
        chain::TipsetPtr tipset;
        std::string note{};  // helps to find out why it is not that of the others
    };
    /// Takes the heads of the honest nodes when all had time to agree.
    void on_last_heads(const std::vector<LastHead>& heads);
    void on_last_height(ChainEpoch height, ChainEpoch least);
    void on_failure(std::size_t node, const Error& why);

    const std::vector<Violation>& found() const { return found_; }
    ChainEpoch longest_revert() const { return longest_revert_; }

  private:
    void add(Rule rule, std::string text);

    const std::function<ChainEpoch()> epoch_;
    std::set<Address> honest_miners_;
    std::deque<chain::TipsetPtr> common_;       // heads of all, in the order of time, that no node has left
    std::map<std::size_t, ChainEpoch> agreed_;  // the highest head of a node that is final
    ChainEpoch longest_revert_ = 0;
    std::map<std::pair<Address, ChainEpoch>, Cid> signed_;  // by honest miners
    std::set<Cid> honest_;
    std::set<Cid> bad_;
    std::map<TipsetKey, Cid> states_;
    std::vector<Violation> found_;
};

}  // namespace strata::simulation
