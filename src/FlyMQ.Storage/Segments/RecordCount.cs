using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// How many records a segment holds, those of control batches left out. They are counted as batches are settled, and the checkpoint keeps the number. What was there
/// without one (a segment that was cut) is taken to have a record at each offset until its headers have been read again.
/// </summary>
/// <remarks>Changed by the settler under the log's gate; only the walk over headers is the settler's alone.</remarks>
internal sealed class RecordCount
{
    private long _counted;
    private long _presumed;
    private long _uncountedBytes;
    private long _walkedRecords;

    private RecordCount()
    {
    }

    public long Value => _counted + _presumed;

    /// <summary>False while headers have to be read.</summary>
    public bool IsExact => _uncountedBytes == 0;

    /// <summary>How far into the segment the walk over headers has come.</summary>
    public long WalkedTo { get; private set; }

    /// <summary>Every header that had to be read has been.</summary>
    public bool IsWalked => WalkedTo >= _uncountedBytes;

    public static RecordCount Of(long records) => new() { _counted = records };

    /// <param name="records">One for each offset.</param>
    /// <param name="bytes">Whose headers have to be read.</param>
    public static RecordCount Presumed(long records, long bytes) => bytes == 0 ? Of(0) : new() { _presumed = records, _uncountedBytes = bytes };

    /// <summary>Records of a batch: control batches have none that anybody may read.</summary>
    public static int Of(in RecordBatchHeader header) => header.IsControl ? 0 : header.RecordCount;

    /// <summary>How many of a batch's records lie below an offset. Where the offset is inside the batch its records are taken to be its last offsets, as they are without compaction.</summary>
    public static long Below(Offset offset, Offset baseOffset, Offset nextOffset, long records) =>
        nextOffset <= offset ? records : baseOffset >= offset ? 0 : records - Math.Min(records, nextOffset - offset);

    public void Add(long records) => _counted += records;

    /// <summary>Settler. The next header of the walk.</summary>
    public void Walk(in RecordBatchHeader header)
    {
        _walkedRecords += Of(header);
        WalkedTo += header.SizeInBytes;
    }

    /// <summary>What the walk has found is what counts.</summary>
    public void Complete()
    {
        _counted += _walkedRecords;
        _presumed = _uncountedBytes = _walkedRecords = WalkedTo = 0;
    }
}
