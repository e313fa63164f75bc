#include <strata/chain/api.hpp>

#include <strata/chain/execution.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {

Result<vm::StateTree> Chain::head_state() {
    STRATA_TRY(const auto after, state_after(head()));
    return vm::StateTree::load(blocks(), after.state_root);
}

Result<Cid> Chain::push(const SignedMessage& message) {
    return push(message, AddKind::local);
}

}  // namespace strata::chain
