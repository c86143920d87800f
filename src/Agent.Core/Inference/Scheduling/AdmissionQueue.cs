namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// The tasks that wait for a sequence, the one with the best claim first: by priority, then by how much there is to compute. Every rank
/// costs a fixed time of waiting, so a task's place is a moment in time: nobody who comes after that moment comes before it, and none
/// waits for ever. Tasks of one moment keep their order of submission.
/// </summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class AdmissionQueue(SchedulerOptions options) : IComparer<GenerationTask>
{
    private const int Lengths = 3;

    private readonly List<GenerationTask> _tasks = [];
    private long _order;

    /// <summary>Tasks that wait.</summary>
    public int Count => _tasks.Count;

    /// <summary>The task at a place; 0 is the best.</summary>
    public GenerationTask this[int place] => _tasks[place];

    /// <summary>Adds a task that was just submitted, or that gave its sequence up; the latter keeps its time of submission.</summary>
    /// <param name="task">The task.</param>
    /// <param name="missing">How many of its tokens are still to be computed.</param>
    public void Add(GenerationTask task, int missing)
    {
        task.Wait();
        if (task.Order == 0)
        {
            task.Order = ++_order;
        }

        var length = missing <= options.ShortTokens ? 0 : missing <= options.MediumTokens ? 1 : 2;
        task.Rank = ((RequestPriority.High - task.Priority) * Lengths) + length;
        task.Due = task.SubmittedPlus(options.AgeingInterval * task.Rank);
        _tasks.Insert(~_tasks.BinarySearch(task, this), task);
    }

    /// <summary>Removes the task at a place.</summary>
    public void RemoveAt(int place) => _tasks.RemoveAt(place);

    /// <summary>Removes all.</summary>
    public void Clear() => _tasks.Clear();

    /// <summary>Orders tasks by their claim.</summary>
    public int Compare(GenerationTask? x, GenerationTask? y) => (x!.Due, x.Order).CompareTo((y!.Due, y.Order));

    /// <summary>Throws if the order is broken. For tests.</summary>
    public void CheckIntegrity()
    {
        for (var i = 1; i < _tasks.Count; i++)
        {
            if (Compare(_tasks[i - 1], _tasks[i]) >= 0)
            {
                throw new InvalidOperationException($"The queue is inconsistent: task {_tasks[i].Order} stands behind task {_tasks[i - 1].Order}.");
            }
        }
    }
}
